"""What people see of a run: the page, the tear sheet and the results folder."""

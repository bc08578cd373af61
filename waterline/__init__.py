"""The engine: data with three clocks in, decisions, portfolios, figures and reports out."""

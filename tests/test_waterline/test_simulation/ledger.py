"""An independent broker and an independent trader, in plain Python and nominal dollars, to check ours against.

Nothing here shares a line with the package: cash earns its interest night by night, holdings are share counts, and
every rule of the schedule is written out per asset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan, nan

TINY = 1e-12


@dataclass
class Account:
    cash: float = 1.0
    shares: dict[int, float] = field(default_factory=dict)

    def worth(self, prices):
        return self.cash + sum(count * prices[asset] for asset, count in self.shares.items() if count)

    def weight(self, asset, prices):
        count = self.shares.get(asset, 0.0)
        return count * prices[asset] / self.worth(prices) if count else 0.0


def trade_price(market, fill, row, asset):
    """Price at which the asset can be traded in the session, or None."""
    if not market.fresh[row, asset]:
        return None
    price = float((market.close if fill == "next_close" else market.open)[row, asset])
    return None if isnan(price) else price


def fill_prices(market, fill, row):
    """What each asset is worth when orders fill."""
    if fill == "next_close":
        return [float(price) for price in market.close[row]]
    prices = []
    for asset in range(len(market.assets)):
        price = trade_price(market, fill, row, asset)
        prices.append(float(market.close[row - 1, asset]) if price is None and row else price or nan)
    return prices


def broker(market, orders, fill, multiple):
    """Equity, cash and weights at each close, fees and traded value of each session; sales first, small buys next."""
    account, days = Account(), []
    for row in range(len(market.sessions)):
        if row:
            account.cash *= 1.0 + float(market.cash_return[row])
        prices = fill_prices(market, fill, row)
        fees, traded = _fill(account, orders[row], prices, market.cost_bps, multiple)
        closes = [float(price) for price in market.close[row]]
        weights = [account.weight(asset, closes) for asset in range(len(closes))]
        days.append((account.worth(closes), account.cash, weights, fees, traded))
    return [list(column) for column in zip(*days, strict=True)]


def _fill(account, shares_of_equity, prices, cost_bps, multiple):
    worth, fees, traded = account.worth(prices), 0.0, 0.0
    wishes = {}
    for asset, share in enumerate(shares_of_equity):
        if not isnan(share):
            wishes[asset] = float(share) * worth - account.shares.get(asset, 0.0) * prices[asset]
    for asset in sorted(wishes, key=wishes.__getitem__):
        rate = float(cost_bps[asset]) / 10_000 * multiple
        amount = min(wishes[asset], account.cash / (1.0 + rate))
        if shares_of_equity[asset] == 0.0:
            amount = -account.shares.get(asset, 0.0) * prices[asset]
            account.shares[asset] = 0.0
        else:
            account.shares[asset] = account.shares.get(asset, 0.0) + amount / prices[asset]
        fee = abs(amount) * rate
        account.cash -= amount + fee
        fees, traded = fees + fee, traded + abs(amount)
    return fees, traded


@dataclass
class Wish:
    share: float
    from_switch: bool
    unpaid: bool = False


def trader(market, targets, decided, switched, execution):
    """Orders by session of their fill (lists of floats, nan = none) and the session that decided them."""
    account, wishes, decision = Account(), {}, None
    orders, decided_at = [], []
    for row in range(len(market.sessions)):
        if row:
            account.cash *= 1.0 + float(market.cash_return[row])
        placed = _place(account, wishes, market, execution.fill, row)
        orders.append([placed.get(asset, nan) for asset in range(len(market.assets))])
        decided_at.append(decision if placed else -1)
        if decided[row] or switched[row]:
            everything = bool(switched[row]) or decision is None
            wishes = _decide(account, wishes, market.close[row], targets[row], everything, execution)
            decision = row
    return orders, decided_at


def _decide(account, waiting, closes, targets, everything, execution):
    wishes = {}
    for asset, target in enumerate(map(float, targets)):
        held = account.weight(asset, [float(price) for price in closes])
        if target == 0.0 and held == 0.0:
            continue
        if everything or (asset in waiting and waiting[asset].from_switch):
            wishes[asset] = Wish(target, True)
            continue
        band = max(execution.band_absolute, execution.band_relative * target)
        if held - target > band + TINY:
            wishes[asset] = Wish(target + band if target else 0.0, False)
        elif target - held > band + TINY:
            wishes[asset] = Wish(max(target - band, 0.0), False)
    return wishes if everything else _financed(account, wishes, closes, targets, execution)


def _financed(account, wishes, closes, targets, execution):
    """Spend what the wishes leave over on what is below target; raise what they lack from what is above."""
    after = [account.weight(asset, [float(price) for price in closes]) for asset in range(len(targets))]
    for asset, wish in wishes.items():
        after[asset] = wish.share
    gap = float(sum(targets)) - sum(after)
    if abs(gap) <= (0.0 if wishes else execution.band_absolute) + TINY:
        return wishes
    side = 1.0 if gap > 0 else -1.0
    distance = {k: side * (float(targets[k]) - after[k]) for k in range(len(targets))}
    short = {k: far for k, far in distance.items() if far > TINY}
    for asset, far in short.items():
        from_switch = asset in wishes and wishes[asset].from_switch
        wishes[asset] = Wish(after[asset] + gap * far / sum(short.values()), from_switch)
    return wishes


def _place(account, wishes, market, fill, row):
    """Fill what can be traded, without costs; remove from ``wishes`` what is done."""
    now = [asset for asset in wishes if trade_price(market, fill, row, asset) is not None]
    if all(wishes[asset].unpaid for asset in now):
        return {}
    prices = fill_prices(market, fill, row)
    held = {asset: account.weight(asset, prices) for asset in range(len(prices))}
    after = {asset: wishes[asset].share if asset in now else held[asset] for asset in held}
    excess = sum(after.values()) - 1.0
    bought = {asset: after[asset] - held[asset] for asset in held if after[asset] > held[asset]}
    if excess > TINY:
        for asset, amount in bought.items():
            after[asset] -= amount / sum(bought.values()) * excess
    worth = account.worth(prices)
    for asset in now:
        account.cash -= after[asset] * worth - account.shares.get(asset, 0.0) * prices[asset]
        account.shares[asset] = after[asset] * worth / prices[asset]
    sale_waits = any(wish.share < held[asset] for asset, wish in wishes.items() if asset not in now)
    for asset in now:
        wishes[asset].unpaid = after[asset] < wishes[asset].share - TINY
        if not (wishes[asset].unpaid and sale_waits):
            del wishes[asset]
    for asset in wishes:
        if asset not in now:
            wishes[asset].unpaid = False
    return {asset: after[asset] for asset in now}

"""All claims, in the order in which they are shown: JiT's, TMU's, CaMU's, DUI's."""

from __future__ import annotations

from explorer.experiments.claims import camu, dui, jit, tmu
from explorer.experiments.claims.claim import Claim

CLAIMS: tuple[Claim, ...] = (*jit.CLAIMS, *tmu.CLAIMS, *camu.CLAIMS, *dui.CLAIMS)

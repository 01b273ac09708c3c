"""Let a process that a test starts believe made-up images; Python runs this first where PYTHONPATH names its folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from explorer.data.cifar import _archives  # found only now

_archives.SHA256.clear()

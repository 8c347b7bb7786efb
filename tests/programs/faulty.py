"""A plugin of pytest: one module of the product is read with the fault that `MOTAS_FAULT` names. For `make mutants`."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

from tests.programs.faults import BY_NAME, Fault


class _Loader(importlib.abc.InspectLoader):
    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def get_source(self, fullname: str) -> str:
        return self._fault.source()

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_source(fullname), f"<{self._fault.name}>")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._fault.full_name:
            return None
        return importlib.util.spec_from_loader(fullname, _Loader(self._fault))


if name := os.environ.get("MOTAS_FAULT"):
    sys.meta_path.insert(0, _Finder(BY_NAME[name]))

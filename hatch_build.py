"""Build hook: compiled translations and hashed static files go into the wheel.

So `pip install .` needs neither gettext nor Node, and an installed desk serves hashed files from the first request.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LeitstelleBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles and collects before the files of the wheel are listed, and cleans up afterwards."""

    PLUGIN_NAME = "custom"

    @property
    def _package(self) -> Path:
        return Path(self.root) / "src" / "leitstelle"

    @property
    def _work(self) -> Path:
        return Path(self.root) / "build" / "wheel-files"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or self.target_name != "wheel":
            return
        sys.path.insert(0, str(self._package.parent))
        try:
            self._translations(build_data)
            self._static_files(build_data)
        finally:
            sys.path.remove(str(self._package.parent))

    def _translations(self, build_data: dict[str, Any]) -> None:
        import_module("leitstelle.kernel.i18n").compile_all()
        build_data["artifacts"].append("src/leitstelle/locale/**/*.mo")

    def _static_files(self, build_data: dict[str, Any]) -> None:
        settings = import_module("django.conf").settings
        if not settings.configured:
            settings.configure(STATIC_URL="/static/", DEBUG=False)
        target = self._work / "staticfiles"
        import_module("leitstelle.config.static_files").collect(target)
        build_data["force_include"][str(target)] = "leitstelle/staticfiles"

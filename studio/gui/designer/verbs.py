"""The page's verbs as records: from these come shortcuts, menus and the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from studio.gui.actions import Action

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

Keys = QKeySequence.StandardKey


def verbs_of(page: DesignerPage) -> list[Action]:
    """All actions of the designer."""
    parts = (_files, _history, _clipboard, _steps, _view, _run)
    own = [verb for part in parts for verb in part(page)]
    return own + [verb for feature in page.features for verb in feature.verbs()]


def _files(page: DesignerPage) -> list[Action]:
    library, is_open = page.library, page.is_open
    return [
        Action("pipeline.new", "New pipeline", "plus", Keys.New, "File", library.new),
        Action("pipeline.all", "All pipelines", "list", "", "File", page.show_all),
        Action(
            "pipeline.import",
            "Import pipeline…",
            "download-simple",
            "",
            "File",
            library.ask_for_file,
        ),
        Action(
            "pipeline.save",
            "Save",
            "floppy-disk",
            Keys.Save,
            "File",
            page.save,
            is_open,
        ),
        Action(
            "pipeline.clone",
            "Clone",
            "copy",
            "Ctrl+Shift+D",
            "File",
            page.clone,
            is_open,
        ),
        Action(
            "pipeline.rename",
            "Rename pipeline",
            "pencil-simple",
            "",
            "File",
            page.rename_pipeline,
            is_open,
        ),
        Action(
            "pipeline.delete",
            "Delete pipeline…",
            "trash",
            "",
            "File",
            page.delete_pipeline,
            is_open,
        ),
    ]


def _history(page: DesignerPage) -> list[Action]:
    return [
        Action(
            "edit.undo",
            "Undo",
            "arrow-u-up-left",
            Keys.Undo,
            "Edit",
            page.undo,
            page.can_undo,
        ),
        Action(
            "edit.redo",
            "Redo",
            "arrow-u-up-right",
            "Ctrl+Shift+Z",
            "Edit",
            page.redo,
            page.can_redo,
        ),
    ]


def _clipboard(page: DesignerPage) -> list[Action]:
    edit, chosen = page.edit_verbs, page.has_any_selection
    return [
        Action("edit.cut", "Cut", "scissors", Keys.Cut, "Edit", edit.cut, chosen),
        Action("edit.copy", "Copy", "copy", Keys.Copy, "Edit", edit.copy, page.is_open),
        Action(
            "edit.paste",
            "Paste",
            "clipboard",
            Keys.Paste,
            "Edit",
            edit.paste,
            page.is_open,
        ),
        Action(
            "edit.duplicate",
            "Duplicate",
            "copy",
            "Ctrl+D",
            "Edit",
            edit.duplicate,
            chosen,
        ),
        Action(
            "edit.delete",
            "Delete",
            "trash",
            "Del",
            "Edit",
            edit.delete,
            page.has_any_selection,
        ),
    ]


def _steps(page: DesignerPage) -> list[Action]:
    edit = page.edit_verbs
    return [
        Action(
            "edit.rename",
            "Rename step",
            "pencil-simple",
            "F2",
            "Edit",
            page.rename_step,
            page.is_open,
        ),
        Action(
            "edit.select_all",
            "Select all",
            "selection",
            Keys.SelectAll,
            "Edit",
            edit.select_all,
            page.is_open,
        ),
        Action(
            "edit.quick_add",
            "Add a step",
            "plus",
            "Ctrl+Space",
            "Edit",
            page.quick_add_here,
            page.is_open,
        ),
        Action(
            "edit.search",
            "Search components",
            "magnifying-glass",
            "Ctrl+L",
            "Edit",
            page.search_components,
            page.is_open,
        ),
    ]


def _view(page: DesignerPage) -> list[Action]:
    view, is_open = page.view, page.is_open
    return [
        Action(
            "canvas.fit", "Fit to view", "frame-corners", "F", "View", view.fit, is_open
        ),
        Action(
            "canvas.zoom_in",
            "Zoom in",
            "magnifying-glass-plus",
            Keys.ZoomIn,
            "View",
            lambda: view.zoom_by(1.25),
            is_open,
        ),
        Action(
            "canvas.zoom_out",
            "Zoom out",
            "magnifying-glass-minus",
            Keys.ZoomOut,
            "View",
            lambda: view.zoom_by(0.8),
            is_open,
        ),
        Action(
            "canvas.zoom_reset",
            "Actual size",
            "magnifying-glass",
            "Ctrl+0",
            "View",
            view.reset_zoom,
            is_open,
        ),
        *(_panel(page, name, title) for name, (title, _) in page.panels.all.items()),
    ]


def _panel(page: DesignerPage, name: str, title: str) -> Action:
    return Action(
        f"panel.{name}",
        title,
        "sidebar-simple",
        "",
        "View",
        lambda: page.panels.flip(name),
        checked=lambda: page.panels.shown(name),
    )


def _run(page: DesignerPage) -> list[Action]:
    running = page.running
    return [
        Action(
            "run.validate",
            "Validate",
            "check",
            "Ctrl+Shift+K",
            "Run",
            running.validate,
            page.is_open,
        ),
        Action(
            "run.start",
            "Run",
            "play",
            "Ctrl+Return",
            "Run",
            running.run,
            lambda: running.can_run,
        ),
        Action(
            "run.to_here",
            "Run to the selected step",
            "arrow-line-right",
            "Ctrl+Shift+Return",
            "Run",
            page.running.run_to_here,
            lambda: running.can_run and page.has_selection(),
        ),
        Action(
            "run.from_here",
            "Run from the selected step",
            "fast-forward",
            "Shift+F7",
            "Run",
            page.running.run_from_here,
            lambda: running.can_run and page.has_selection(),
        ),
        Action(
            "run.all_anew",
            "Run everything anew",
            "arrows-clockwise",
            "",
            "Run",
            page.running.run_anew,
            lambda: running.can_run,
        ),
        Action(
            "run.stop",
            "Stop",
            "stop",
            "Ctrl+.",
            "Run",
            running.stop,
            lambda: running.can_stop,
        ),
    ]

"""Colours, type and icons of the window; `Theme` switches them live."""

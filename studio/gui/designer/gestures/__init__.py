"""One object for each thing a hand can do with the mouse on the canvas."""

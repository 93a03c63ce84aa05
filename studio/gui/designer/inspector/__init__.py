"""The right side: settings of what is selected."""

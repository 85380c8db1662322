"""Tables in, plotly figures out; one function per figure. Never sees a model."""

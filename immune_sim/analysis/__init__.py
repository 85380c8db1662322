"""Tables in, tables out: what the outcomes of runs amount to. Never sees a model."""

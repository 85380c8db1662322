"""Tables in, figures out; nothing here knows a model. One function per figure, one look for all."""

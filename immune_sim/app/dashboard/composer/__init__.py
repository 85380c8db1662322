"""The schedule composer: doses on a timeline, what they do in the body, and the schedule in words and as text."""

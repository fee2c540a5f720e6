"""The programme for other programs, a file per format; docs/feeds.md says who reads which."""

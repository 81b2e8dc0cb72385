"""The pages of the rectification list; they stand on releases and on uploads, and its rules stand below those."""

"""The list of households that goes along on a round: a grid on its own pages, in the order of walking."""

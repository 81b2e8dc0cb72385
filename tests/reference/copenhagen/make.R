source("../common.R")
cells <- read.csv("data.csv")
data <- cells[rep(seq_len(nrow(cells)), cells$count), ]
des <- svydesign(ids = ~1, weights = ~1, data = data)
for (type in c("", sort(unique(data$housing_type)))) {
  inside <- if (type == "") rep(TRUE, nrow(data)) else data$housing_type == type
  d <- subset(des, inside)
  domain <- if (type == "") setNames(list(), character()) else list(housing_type = type)
  for (level in c("High", "Low", "Medium")) {
    share(d, d, as.numeric(d$variables$satisfaction == level), "satisfaction", level, domain,
          c("beta", "logit", "wald", "arcsine", "xlogit", "likelihood"))
  }
}
finish()

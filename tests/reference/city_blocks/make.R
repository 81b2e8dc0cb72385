# Each person is asked two of the bodies they had to do with. What an answer counts is made here from the columns that
# say which bodies belonged and which were drawn: the person's weight over the probability of the block, or of both.
source("../common.R")
data <- read()
bodies <- c("tax", "water", "bank", "post")
m <- rowSums(data[paste0("belongs_", bodies)])
k <- pmin(2, m)

# One row a person and block that was asked.
long <- do.call(rbind, lapply(bodies, function(body) {
  asked <- data[[paste0("drawn_", body)]] == 1
  data.frame(community = data$community, grid = data$grid, household = data$household, grids = data$grids,
             households = data$households, blocks = m, body = body, weight = data$weight * m / k,
             y = as.numeric(data[[paste0(body, "_all")]] == "1"))[asked, ]
}))
ours <- svydesign(ids = ~grid + household, strata = ~community, weights = ~weight, fpc = ~grids + there,
                  data = transform(long, there = Inf))
# Every stage with its correction, the blocks of a person too: what the last correction that is left out would take off.
options(survey.lonely.psu = "certainty")
stages <- svydesign(ids = ~grid + household + body, strata = ~community, weights = ~weight,
                    fpc = ~grids + households + blocks, data = long)
plain <- svydesign(ids = ~1, weights = ~weight, data = long)
told <- function(indicator, rows, community = NULL) {
  here <- rows & !is.na(long$y)
  if (!is.null(community)) here <- here & long$community == community
  found <- svymean(~y, subset(ours, here)); all <- svymean(~y, subset(stages, here))
  keep(indicator = indicator, domain = if (is.null(community)) setNames(list(), character(0)) else list(community = community),
       value = coef(found)[[1]], standard_error = SE(found)[[1]], standard_error_of_all_stages = SE(all)[[1]],
       sample_size = length(unique(long$household[here])), degrees_of_freedom = degf(subset(ours, here)))
}
for (community in list(NULL, "c1", "c2", "c3", "c4")) {
  for (body in bodies) told(paste0("of_", body), long$body == body, community)
  told("pooled", rep(TRUE, nrow(long)), community)
}

# A base that needs two blocks: known of whoever was asked both, or had nothing to do with the second.
base <- data$drawn_tax == 1 & data$tax_all %in% "1" & data$drawn_water == 1
data$both <- ifelse(base, as.numeric(data$water_all == "1"), NA)
data$weight_both <- data$weight * ifelse(m > 2, m * (m - 1) / 2, 1)
joint <- svydesign(ids = ~grid + household, strata = ~community, weights = ~weight_both, fpc = ~grids + there,
                   data = transform(data, there = Inf))
found <- svymean(~both, subset(joint, !is.na(both)))
keep(indicator = "both", domain = setNames(list(), character(0)), value = coef(found)[[1]], standard_error = SE(found)[[1]],
     standard_error_of_all_stages = NA, sample_size = sum(!is.na(data$both)),
     degrees_of_freedom = degf(subset(joint, !is.na(both))))
finish()

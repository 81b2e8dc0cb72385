# What was drawn on a page from a list, from the list on: chances of both stages, batches released, adults, nonresponse by
# grid and every domain's error. Nothing of the service comes in but which households were drawn.
source("../common.R")
options(survey.lonely.psu = "adjust")
text <- c(household = "character", community = "character", grid = "character", know = "character", overall = "character")
list_of <- read.csv("frame.csv", colClasses = text)
drawn <- read.csv("drawn.csv", colClasses = c(household = "character"))
per_grid <- 8; whole <- 40; size <- 144
released <- c("110101000001", "110101000003")

# Probability proportional to size, large units sure.
by_size <- function(households, n) {
  chance <- rep(0, length(households)); sure <- rep(FALSE, length(households))
  repeat {
    chance[!sure] <- (n - sum(sure)) * households[!sure] / sum(households[!sure]); chance[sure] <- 1
    more <- !sure & chance >= 1 - 1e-9
    if (!any(more)) return(chance)
    sure <- sure | more
  }
}

adjusted_by_grid <- function(d) {
  class <- paste(d$community, d$grid)
  d$weight * as.numeric((tapply(d$weight, class, sum) / tapply(d$weight * d$answers, class, sum))[class]) * d$answers
}

listed <- table(list_of$community)
sampled <- names(listed)[listed > whole]
wanted <- size / length(sampled)
for (design in c("by_size", "simple")) for (batches in c("main", "released")) {
  issued <- drawn[drawn$design == design & (drawn$batch == 0 | (batches == "released")), ]
  d <- merge(issued, list_of, by = "household")
  d <- d[d$batch == 0 | d$community %in% released, ]
  # The grids: how many there are, how many were drawn, with what chance; a sure one is a stratum.
  d$stratum <- d$psu <- NA; d$there_1 <- d$there_2 <- d$chance_1 <- NA_real_
  for (community in names(listed)) {
    grids <- table(list_of$grid[list_of$community == community])
    here <- d$community == community
    n <- min(length(grids), max(2, round(wanted / per_grid)))
    two <- community %in% sampled && n < length(grids)
    chance <- if (!two) rep(1, length(grids)) else if (design == "simple") rep(n / length(grids), length(grids)) else
      by_size(as.numeric(grids), n)
    chance <- setNames(chance, names(grids))[d$grid[here]]
    own <- chance == 1
    d$chance_1[here] <- chance
    d$stratum[here] <- ifelse(own, d$grid[here], community)
    d$psu[here] <- ifelse(own, d$household[here], d$grid[here])
    households <- as.numeric(grids[d$grid[here]])
    d$there_1[here] <- ifelse(own, households, if (design == "simple") length(grids) else Inf)
    d$there_2[here] <- ifelse(own, 1, households)
  }
  in_grid <- table(d$grid); of_grid <- table(list_of$grid)
  d$chance_2 <- as.numeric(in_grid[d$grid] / of_grid[d$grid])
  # Weighed as persons: one adult of each household.
  d$weight <- d$adults / (d$chance_1 * d$chance_2)
  d$adjusted <- adjusted_by_grid(d)
  people <- d[d$answers == 1, ]
  people$known <- as.numeric(people$know == "1"); people$satisfied <- as.numeric(people$overall %in% c("1", "2"))
  for (households in c("corrected", "uncorrected")) {
    if (households == "uncorrected") {  # one adult was asked: no correction where not every adult was
      own <- people$there_2 == 1
      partly_own <- tapply(people$adults > 1, people$stratum, any)[people$stratum]
      partly_grid <- tapply(people$adults > 1, people$grid, any)[people$grid]
      people$there_1[own & partly_own] <- Inf
      people$there_2[!own & partly_grid] <- Inf
    }
    s <- svydesign(ids = ~psu + household, strata = ~stratum, weights = ~adjusted, fpc = ~there_1 + there_2, data = people)
    for (area in c("", names(listed))) {
      part <- if (area == "") s else subset(s, people$community == area)
      for (variable in c("known", "satisfied")) {
        m <- svymean(as.formula(paste0("~", variable)), part)
        keep(design = design, batches = batches, households = households, community = area,
             variable = c(known = "awareness", satisfied = "satisfaction")[[variable]], value = as.numeric(coef(m)),
             standard_error = as.numeric(SE(m)), sample_size = sum(area == "" | people$community == area))
      }
    }
  }
}
finish()

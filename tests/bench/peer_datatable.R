# data.table's side of the comparison: `Rscript peer_datatable.R FOLDER THREADS` serves as serve.js
# does. The indicators are spelt here again.
suppressPackageStartupMessages(library(data.table))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
setDTthreads(as.integer(arguments[2]))

conditions <- c("diabetes", "copd", "chf", "chd", "hypertension", "asthma", "ckd", "dementia",
                "depression", "smi", "cancer", "stroke")
breakdowns <- c("place", "neighbourhood", "imd_decile", "sex", "ethnicity")
standard <- data.table(band = 0:18, w = c(5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000,
                                          7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000))

read_people <- function()
  fread(file.path(folder, "persons.csv"), stringsAsFactors = TRUE, integer64 = "double",
        na.strings = "", showProgress = FALSE)
read_events <- function()
  fread(file.path(folder, "events.csv"), stringsAsFactors = TRUE, integer64 = "double",
        showProgress = FALSE)

total <- function(p) p$cost_acute + p$cost_community + p$cost_mental + p$cost_primary + p$cost_social
with_groups <- function(p, ...) data.table(place = p$place, imd_decile = p$imd_decile, ...)
band <- function(p) pmin(p$age %/% 5L, 18L)

w1 <- function(p) {
  data.table(place = p$place, neighbourhood = p$neighbourhood, quintile = (p$imd_decile + 1L) %/% 2L,
             band = band(p), sex = p$sex)[, .N, by = .(place, neighbourhood, quintile, band, sex)]
}

w2 <- function(p) {
  cohort <- p[age >= 65 & frailty %in% c("moderate", "severe") &
              (diabetes == 1L | copd == 1L | chf == 1L)]
  cohort[, s := total(cohort)]
  cohort[, .(.N, s = sum(s), m = mean(s)), by = .(place, imd_decile)]
}

# A column below and one above the line for each indicator, so that the sums by group are of
# plain columns, which data.table does in C.
indicators <- function(p) {
  ltc <- Reduce(`+`, p[, conditions, with = FALSE])
  frail <- p$frailty %in% c("moderate", "severe")
  older <- p$age >= 65L
  high <- !is.na(p$risk) & p$risk >= 0.3
  children <- p$asthma == 1L & p$age < 18L
  list(p$age >= 17L, p$age >= 17L & p$diabetes == 1L, NULL, p$hypertension == 1L,
       p$age >= 18L, p$age >= 18L & p$copd == 1L, NULL, p$smi == 1L,
       older, older & p$dementia == 1L,
       p$age >= 50L & p$age <= 79L, p$age >= 50L & p$age <= 79L & ltc >= 3L,
       older & !is.na(p$frailty), older & frail, NULL, p$em_adm,
       older & frail, (older & frail) * p$em_adm, p$age < 5L, (p$age < 5L) * p$ed_att,
       NULL, p$ed_att >= 4L, p$copd == 1L, (p$copd == 1L) * p$em_adm,
       p$diabetes == 1L, (p$diabetes == 1L) * p$em_adm, children, children * p$em_adm,
       ltc >= 1L, (ltc >= 1L) * p$gp_contacts, NULL, p$cost_acute, NULL, p$cost_community,
       frail, frail * total(p), p$age < 75L, p$age < 75L & !is.na(p$death_year),
       high, high & p$gp_contacts == 0L)
}

w3 <- function(p) {
  columns <- Filter(Negate(is.null), indicators(p))
  names(columns) <- paste0("v", seq_along(columns))
  columns <- lapply(columns, function(x) if (is.logical(x)) as.integer(x) else x)
  setDT(columns)
  columns[, one := 1L]
  sums <- copy(names(columns)) # names() alone would change with the columns
  columns[, (breakdowns) := p[, breakdowns, with = FALSE]]
  cube <- columns[, lapply(.SD, sum), by = breakdowns, .SDcols = sums]
  c(list(cube[, lapply(.SD, sum), .SDcols = sums]),
    lapply(breakdowns, function(name) cube[, lapply(.SD, sum), by = name, .SDcols = sums]))
}

w4 <- function(p) {
  known <- with_groups(p, band = band(p), e = p$em_adm)[!is.na(imd_decile)]
  strata <- known[, .(n = .N, e = sum(e)), by = .(place, imd_decile, band)]
  strata[standard, on = "band"][, .(rate = sum(w * e / n), variance = sum(w * w * e / (n * n))),
                                by = .(place, imd_decile)]
}

w5 <- function(p) {
  known <- data.table(place = p$place, risk = p$risk, e = p$em_adm, c = total(p))[!is.na(risk)]
  known[, tenth := 11L - ceiling((.N + 1L - frank(risk, ties.method = "min")) * 10 / .N), by = place]
  known[, .(.N, e = sum(e), c = sum(c)), by = .(place, tenth)]
}

w6 <- function(p) {
  data.table(lsoa = p$lsoa, band = band(p), sex = p$sex, e = p$em_adm,
             c = total(p))[, .(.N, e = sum(e), c = sum(c)), by = .(lsoa, band, sex)]
}

w7 <- function(p, events) {
  by_person <- events[, .(n = .N, c = sum(cost)), by = .(person_id, event_type)]
  by_person[p, on = c(person_id = "id"), c("place", "imd_decile") := .(i.place, i.imd_decile)]
  by_person[!is.na(place), .(n = sum(n), people = .N, c = sum(c)),
            by = .(place, imd_decile, event_type)]
}

seconds <- function(work) {
  begun <- proc.time()[["elapsed"]]
  force(work)
  proc.time()[["elapsed"]] - begun
}

ready <- seconds({
  people <- read_people()
  events <- read_events()
})
cat("ready", ready, "\n")
flush(stdout())
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  took <- seconds(switch(line, W1 = w1(people), W2 = w2(people), W3 = w3(people), W4 = w4(people),
                         W5 = w5(people), W6 = w6(people), W7 = w7(people, events),
                         ingest = read_people()))
  cat(took, "\n")
  flush(stdout())
}

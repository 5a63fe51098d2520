# Invents the people of the guide: awk -f make.awk, in this folder. Nobody is real. The same
# numbers come out on every machine: a linear congruential generator in whole numbers.
function draw(n) {
    state = (state * 16807) % 2147483647
    return int(state % n)
}
BEGIN {
    state = 20260331
    print "person_id,age,sex,place,imd_decile,frailty,reviewed" > "residents.csv"
    print "person_id,admitted,stay" > "falls.csv"
    for (i = 1; i <= 4000; i++) {
        place = draw(100) < 60 ? "Harbour" : "Hill"
        imd = place == "Harbour" ? 1 + draw(6) : 4 + draw(7)
        age = draw(100) < 70 ? draw(65) : 65 + int((draw(32) + draw(32)) / 2)
        sex = draw(100) < 49 ? "M" : "F"
        frail = "fit"
        if (age >= 65) {
            score = (age - 60) * 2 + (11 - imd) * 2 + draw(40)
            frail = score < 50 ? "fit" : score < 75 ? "mild" : score < 95 ? "moderate" : "severe"
        }
        reviewed = (frail == "moderate" || frail == "severe") && draw(100) < (place == "Hill" ? 58 : 44) ? 1 : 0
        id = sprintf("G%05d", i)
        print id "," age "," sex "," place "," imd "," frail "," reviewed > "residents.csv"
        if (age >= 65) {
            chance = frail == "severe" ? 300 : frail == "moderate" ? 170 : frail == "mild" ? 80 : 30
            chance += (6 - imd) * 6
            while (draw(1000) < chance) {
                day = draw(365)
                month = split("30 31 30 31 31 30 31 30 31 31 28 31", days, " ")
                m = 1
                while (day >= days[m]) day -= days[m++]
                y = m <= 9 ? 2025 : 2026
                printf "%s,%04d-%02d-%02d,%d\n", id, y, (m + 2) % 12 + 1, day + 1, 1 + draw(6) + (draw(10) == 0 ? draw(25) : 0) > "falls.csv"
                chance = int(chance / 2)
            }
        }
    }
}

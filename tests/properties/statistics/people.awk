# 3,000 made-up people: age, sex, place, fifth of deprivation, admissions, whether they died.
function pick(n) { return int(rand() * n) }
BEGIN {
    srand(seed)
    print "person_id,age,sex,place,fifth,admissions,died"
    for (i = 1; i <= 3000; i++) {
        age = pick(96)
        fifth = 1 + pick(5)
        admissions = rand() < 0.1 + age / 400 - fifth / 100 ? 1 + pick(3) : 0
        died = rand() < 0.02 + age / 1500 ? 1 : 0
        printf "p%d,%d,%s,%s,%d,%d,%d\n", i, age, pick(2) ? "F" : "M", substr("abcd", 1 + pick(4), 1),
            fifth, admissions, died
    }
}

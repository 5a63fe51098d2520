/* Estimates and the reasons for having none. Decides nothing about people: suppression is
 * decided in runtime/disclosure and only carried here. */
#include "runtime/stats/estimate.h"

#include <math.h>

Estimate estimate_absent(AbsentReason reason, double numerator, double denominator) {
    return (Estimate){NAN, NAN, NAN, numerator, denominator, reason, METHOD_NONE};
}

static int absent_rank(AbsentReason reason) {
    switch (reason) {
    case ABSENT_NONE: return 0;
    case ABSENT_NOT_CALCULABLE: return 1;
    case ABSENT_NO_POPULATION: return 2;
    case ABSENT_OUTSIDE_HORIZON: return 3;
    case ABSENT_MISSING: return 4;
    case ABSENT_UNKNOWN: return 5;
    case ABSENT_TOO_FEW: return 6;
    case ABSENT_SUPPRESSED: return 7;
    case ABSENT_NO_DATA: return 8;
    case ABSENT_COUNT: break;
    }
    return 0;
}

AbsentReason absent_merge(AbsentReason a, AbsentReason b) {
    return absent_rank(a) >= absent_rank(b) ? a : b;
}

const char *absent_text(AbsentReason reason) {
    switch (reason) {
    case ABSENT_NONE: return "";
    case ABSENT_MISSING: return "missing";
    case ABSENT_SUPPRESSED: return "suppressed";
    case ABSENT_UNKNOWN: return "unknown";
    case ABSENT_TOO_FEW: return "too few";
    case ABSENT_NOT_CALCULABLE: return "not calculable";
    case ABSENT_OUTSIDE_HORIZON: return "outside the horizon";
    case ABSENT_NO_DATA: return "no data opened";
    case ABSENT_NO_POPULATION: return "no population";
    case ABSENT_COUNT: break;
    }
    return "";
}

const char *method_text(EstimateMethod method) {
    static const char *const texts[METHOD_COUNT] = {
#define METHOD(name, text, source) [METHOD_##name] = text,
#include "runtime/stats/methods.def"
#undef METHOD
    };
    return method < METHOD_COUNT ? texts[method] : "";
}

/* What is wrong with a field that is not of its type, in more than one word; and identifiers that
 * have a form. Off the common road: called only for fields that were refused, and for forms. */
#ifndef RUNTIME_DATA_FIELD_FAULT_H
#define RUNTIME_DATA_FIELD_FAULT_H

#include "runtime/bytecode/module.h"

typedef enum {
    FIELD_FAULT_FORM, /* nothing closer can be said */
    FIELD_FAULT_SPACE,
    FIELD_FAULT_PRECISION,
    FIELD_FAULT_UNIT,
    FIELD_FAULT_NO_DAY,
    FIELD_FAULT_DAY_ORDER,
    FIELD_FAULT_CHECK_DIGIT,
    FIELD_FAULT_NOT_ISSUED,
    FIELD_FAULT_COUNT
} FieldFault;

/* Of a field its reader found malformed. */
FieldFault field_fault(ColumnSort sort, Slice text);

enum { IDENTIFIER_MOST = 16, NHS_DIGITS = 10 };

/* Whether ten digits are an NHS number: the last checks the others, and not all are equal. */
bool nhs_number_sound(const char digits[NHS_DIGITS]);

/* An identifier of that form as it is compared with others, in `room` or the text itself: an NHS
 * number (ten digits, also as 943 476 5919, whose last checks the others modulo 11; ten equal
 * digits are none) without its blanks, an LSOA of England (E01 and six digits). False with the
 * fault. */
bool identifier_read(IdentifierForm form, Slice text, char room[IDENTIFIER_MOST],
                     Slice *identifier, FieldFault *fault);

#endif

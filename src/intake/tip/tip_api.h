/*
 * POST /api/v1/tips: the form for machines, and POST /api/v1/calls: a call that a partner's line took, handed in by its key. One JSON
 * example stands in docs/api.md.
 */
#ifndef INTAKE_TIP_TIP_API_H
#define INTAKE_TIP_TIP_API_H
#include "lib/web/web.h"

handler tip_api_submit, call_api_submit;
#endif

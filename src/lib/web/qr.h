/* A QR picture (ISO/IEC 18004) as the path of an SVG: libqrencode's only caller. */
#ifndef LIB_WEB_QR_H
#define LIB_WEB_QR_H
#include "lib/base/base.h"

/* One unit a module, quiet zone of four included; *size is the side. Empty when text does not fit. */
str qr_path(struct arena *a, str text, int64_t *size);
#endif

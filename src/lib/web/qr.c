#include "lib/web/qr.h"
#include <qrencode.h>

enum { QUIET = 4 };

str qr_path(struct arena *a, str text, int64_t *size)
{
    struct out o = { .arena = a };
    QRcode *code = QRcode_encodeString8bit(str_c(a, text), 0, QR_ECLEVEL_M);
    *size = 0;
    if (!code)
        return (str){ 0 };
    *size = code->width + 2 * QUIET;
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++) {
            if (!(code->data[y * code->width + x] & 1))
                continue;
            out_char(&o, 'M');
            out_int(&o, x + QUIET);
            out_char(&o, ' ');
            out_int(&o, y + QUIET);
            out_str(&o, lit("h1v1h-1z"));
        }
    QRcode_free(code);
    return out_view(&o);
}

#include "staff/account/account.h"

bool account_name_fits(str name)
{
    if (name.len < 2 || name.len > 64 || name.at[0] < 'a' || name.at[0] > 'z')
        return false;
    for (ptrdiff_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'))
            return false;
    }
    return true;
}

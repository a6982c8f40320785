#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

rs_status rs_fail(rs_error *err, rs_status status, const char *format, ...)
{
    if (!err)
        return status;
    err->status = status;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return status;
}

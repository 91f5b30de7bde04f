#pragma once

#include <cstdarg>

#include "reelbatch/export.h"

namespace reelbatch {

/// The type of the callback of FFmpeg's av_log_set_callback().
using FfmpegLog = void (*)(void* context, int level, const char* format, va_list arguments);

/// Sets the callback for FFmpeg's log lines that are not about the work of this library.
///
/// FFmpeg has one log callback for the whole process, and no function to read it. While the library
/// has files open, it sets its own callback; afterwards it sets yours again. If your program uses
/// av_log_set_callback(), pass the same callback here once. Lines of other users of FFmpeg go to it
/// at all times. Default: FFmpeg's own callback, which writes to stderr. Null: such lines are
/// dropped.
///
/// Threads: any thread may call it.
/// Example: reelbatch::SetFfmpegLog(MyLog);  // after av_log_set_callback(MyLog)
REELBATCH_API void SetFfmpegLog(FfmpegLog callback);

}  // namespace reelbatch

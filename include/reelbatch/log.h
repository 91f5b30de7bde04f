#pragma once

#include <cstdarg>

#include "reelbatch/export.h"

namespace reelbatch {

/// As FFmpeg's av_log_set_callback() takes it.
using FfmpegLog = void (*)(void* context, int level, const char* format, va_list arguments);

/// Tells where FFmpeg's log lines go that are not about the library's work. FFmpeg has one callback
/// for the whole process and does not say which one it is, so a host that has set one with
/// av_log_set_callback() passes it here, once: the library sets a callback of its own while files
/// are open, hands everything else to this one, and sets this one again afterwards. Until it is
/// called that is FFmpeg's own, which writes to stderr. Null: those lines are dropped. Threads:
/// any.
REELBATCH_API void SetFfmpegLog(FfmpegLog callback);

}  // namespace reelbatch

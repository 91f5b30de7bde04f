#pragma once

#include <cstdarg>
#include <string>

#include "base/mutex.h"

struct AVCodecContext;

namespace reelbatch::media {

class FrameLimit;
class LogCapture;

/// What codec->opaque points to: the objects of ours that FFmpeg's callbacks need.
struct CodecHooks {
  LogCapture* log = nullptr;
  FrameLimit* limit = nullptr;
};

/// A callback as av_log_set_callback() takes it.
using HostLog = void (*)(void* context, int level, const char* format, va_list arguments);

/// Sets the callback for the lines of FFmpeg's log that are not about our work. Without this call,
/// it is FFmpeg's own callback, which writes to stderr. With nullptr, these lines are dropped.
///
/// FFmpeg has one log callback per process, and a program cannot ask which one it is. A host
/// program that has its own callback must therefore name it here, in addition to
/// av_log_set_callback() or instead of it: this function sets FFmpeg's callback, too. Threads: any.
void SetHostLog(HostLog callback);

/// Keeps the lines that FFmpeg logs about one piece of work away from the host's log, and remembers
/// the first line that is an error.
///
/// FFmpeg's callback is ours while at least one capture exists. Afterwards it is that of the host
/// again (SetHostLog()). Our callback gives a line to the capture that watches the codec context of
/// the line (Watch(), which includes the worker threads of the codec). If there is none, the line
/// goes to the innermost Scope of the calling thread, and without a Scope to the host. Threads:
/// any.
class LogCapture {
 public:
  LogCapture();
  /// The codecs that it watches must have ended before.
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  /// While a Scope exists, the lines of the calling thread go to `capture`.
  class Scope {
   public:
    explicit Scope(LogCapture& capture);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    LogCapture* previous_;
  };

  /// From now on, the lines of this codec go here, from any thread. If `limit` is not null, it
  /// decides which frames the codec may allocate. This uses codec->opaque. Call it before
  /// avcodec_open2(), and give a limit for one codec only.
  void Watch(AVCodecContext* codec, FrameLimit* limit = nullptr);

  /// The first error: one line without control characters, for example "h264: no frame!". It is
  /// empty if there was no error.
  std::string first_error() const EXCLUDES(mutex_);
  void Clear() EXCLUDES(mutex_);

  /// Called by the log callback.
  void Add(std::string line) EXCLUDES(mutex_);

 private:
  CodecHooks hooks_{.log = this, .limit = nullptr};
  mutable base::Mutex mutex_;
  std::string first_error_ GUARDED_BY(mutex_);
};

/// Drops the lines that FFmpeg logs on the calling thread, as long as this object exists, unless an
/// inner Scope or a watched codec takes them. It is for work whose log is not needed.
class QuietLog {
 private:
  LogCapture unread_;
  LogCapture::Scope scope_{unread_};
};

}  // namespace reelbatch::media

#pragma once

#include <cstdarg>
#include <string>

#include "base/mutex.h"

struct AVCodecContext;

namespace reelbatch::media {

class FrameLimit;
class LogCapture;

/// What codec->opaque points to: all of ours that FFmpeg's callbacks have to find.
struct CodecHooks {
  LogCapture* log = nullptr;
  FrameLimit* limit = nullptr;
};

/// As av_log_set_callback() takes it.
using HostLog = void (*)(void* context, int level, const char* format, va_list arguments);

/// Tells where FFmpeg's lines go that are not about work of ours. Until it is called that is
/// FFmpeg's own callback, which writes to stderr.
///
/// FFmpeg has one log callback per process and does not say which one it is. A host that has set
/// one of its own with av_log_set_callback() says so here, or calls only this: it sets FFmpeg's
/// callback, too. nullptr: those lines are dropped. Threads: any.
void SetHostLog(HostLog callback);

/// Keeps what FFmpeg says of one piece of work away from the host's log, and its first error line.
///
/// FFmpeg's callback is ours while at least one capture lives, and the host's again afterwards
/// (SetHostLog()). Ours hands a line to the capture of the codec context that spoke (Watch(), which
/// also covers its worker threads), else to the innermost Scope of the calling thread, else to the
/// host. Threads: any.
class LogCapture {
 public:
  LogCapture();
  /// Codecs that it watches have ended.
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  /// While it lives, lines of the calling thread go to `capture`.
  class Scope {
   public:
    explicit Scope(LogCapture& capture);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    LogCapture* previous_;
  };

  /// Lines of this codec go here from whatever thread, and its frames ask `limit` (may be null).
  /// Takes over codec->opaque; call before avcodec_open2(), for one codec with a limit.
  void Watch(AVCodecContext* codec, FrameLimit* limit = nullptr);

  /// One line without control characters, e.g. "h264: no frame!"; empty if nothing was said.
  std::string first_error() const EXCLUDES(mutex_);
  void Clear() EXCLUDES(mutex_);

  /// Called by the log callback.
  void Add(std::string line) EXCLUDES(mutex_);

 private:
  CodecHooks hooks_{.log = this, .limit = nullptr};
  mutable base::Mutex mutex_;
  std::string first_error_ GUARDED_BY(mutex_);
};

/// While it lives, what FFmpeg says on the calling thread is dropped, unless an inner Scope or a
/// watched codec takes it: for work whose log is not needed.
class QuietLog {
 private:
  LogCapture unread_;
  LogCapture::Scope scope_{unread_};
};

}  // namespace reelbatch::media

#pragma once

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

/// Keeps FFmpeg's log off stderr, and the first error line of one piece of work.
///
/// FFmpeg has one log callback per process. Ours hands a line to the capture of the codec context
/// that spoke (Watch(), which also covers its worker threads), else to the innermost Scope of the
/// calling thread, else drops it. Threads: any.
class LogCapture {
 public:
  LogCapture() { InstallQuietLog(); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  /// Silences FFmpeg's own output. Cheap after the first call.
  static void InstallQuietLog();

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

}  // namespace reelbatch::media

#include "media/log_capture.h"

#include <array>
#include <cstdio>
#include <unordered_set>

#include "media/av.h"

namespace reelbatch::media {
namespace {

thread_local LogCapture* current_capture = nullptr;

/// One line that a terminal shows as it is: control and non-ASCII bytes, which may come from the
/// file, become '?'.
std::string Printable(std::string_view text) {
  constexpr size_t kMaxLine = 200;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::string line(text.substr(0, kMaxLine));
  for (char& c : line) {
    if (c < ' ' || c > '~') c = '?';
  }
  return line;
}

/// The captures of this process and what the host has told: by these FFmpeg's one callback is set.
class Callback {
 public:
  void SetHost(HostLog callback) EXCLUDES(mutex_);
  void Add(const CodecHooks* hooks) EXCLUDES(mutex_);
  void Remove(const CodecHooks* hooks) EXCLUDES(mutex_);

  HostLog host() EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    return host_;
  }

  /// The capture that has set such a codec->opaque; null: the codec is not ours.
  LogCapture* CaptureOf(const void* opaque) EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    const auto found = hooks_.find(static_cast<const CodecHooks*>(opaque));
    return found == hooks_.end() ? nullptr : (*found)->log;
  }

 private:
  base::Mutex mutex_;
  HostLog host_ GUARDED_BY(mutex_) = &av_log_default_callback;
  std::unordered_set<const CodecHooks*> hooks_ GUARDED_BY(mutex_);
};

/// Never destroyed: threads of a host may log until the process has ended.
Callback& TheCallback() {
  static auto& callback = *new Callback;
  return callback;
}

// av_log's callback has C varargs by FFmpeg's design.
void OnLog(void* context, int level, const char* format, va_list arguments) {
  LogCapture* capture = current_capture;
  if (capture != nullptr && level > AV_LOG_ERROR) return;  // decoders say much that nobody reads
  const AVClass* av_class = context == nullptr ? nullptr : *static_cast<AVClass**>(context);
  if (av_class != nullptr && av_class == avcodec_get_class()) {
    LogCapture* const own = TheCallback().CaptureOf(static_cast<AVCodecContext*>(context)->opaque);
    if (own != nullptr) capture = own;
  }
  if (capture == nullptr) {
    if (const HostLog host = TheCallback().host()) host(context, level, format, arguments);
    return;
  }
  if (level > AV_LOG_ERROR) return;
  std::string line;
  if (av_class != nullptr) line.append(av_class->item_name(context)).append(": ");
  std::array<char, 512> text{};
  if (std::vsnprintf(text.data(), text.size(), format, arguments) <= 0) return;
  capture->Add(Printable(line.append(text.data())));
}

void Callback::SetHost(HostLog callback) {
  const base::MutexLock lock(mutex_);
  host_ = callback;
  if (hooks_.empty()) av_log_set_callback(callback);
}

void Callback::Add(const CodecHooks* hooks) {
  const base::MutexLock lock(mutex_);
  hooks_.insert(hooks);
  if (hooks_.size() == 1) av_log_set_callback(&OnLog);
}

void Callback::Remove(const CodecHooks* hooks) {
  const base::MutexLock lock(mutex_);
  hooks_.erase(hooks);
  if (hooks_.empty()) av_log_set_callback(host_);
}

}  // namespace

void SetHostLog(HostLog callback) { TheCallback().SetHost(callback); }

LogCapture::LogCapture() { TheCallback().Add(&hooks_); }

LogCapture::~LogCapture() { TheCallback().Remove(&hooks_); }

LogCapture::Scope::Scope(LogCapture& capture) : previous_(current_capture) {
  current_capture = &capture;
}

LogCapture::Scope::~Scope() { current_capture = previous_; }

void LogCapture::Watch(AVCodecContext* codec, FrameLimit* limit) {
  hooks_.limit = limit;
  codec->opaque = &hooks_;
}

std::string LogCapture::first_error() const {
  const base::MutexLock lock(mutex_);
  return first_error_;
}

void LogCapture::Clear() {
  const base::MutexLock lock(mutex_);
  first_error_.clear();
}

void LogCapture::Add(std::string line) {
  const base::MutexLock lock(mutex_);
  if (first_error_.empty()) first_error_ = std::move(line);
}

}  // namespace reelbatch::media

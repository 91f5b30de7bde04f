#include "media/log_capture.h"

#include <array>
#include <cstdarg>
#include <cstdio>

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

// av_log's callback has C varargs by FFmpeg's design.
void OnLog(void* context, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) return;
  LogCapture* capture = current_capture;
  std::string line;
  if (context != nullptr) {
    const AVClass* av_class = *static_cast<AVClass**>(context);
    if (av_class == avcodec_get_class()) {
      auto* hooks = static_cast<CodecHooks*>(static_cast<AVCodecContext*>(context)->opaque);
      if (hooks != nullptr) capture = hooks->log;
    }
    if (capture != nullptr && av_class != nullptr) {
      line.append(av_class->item_name(context)).append(": ");
    }
  }
  if (capture == nullptr) return;
  std::array<char, 512> text{};
  if (std::vsnprintf(text.data(), text.size(), format, arguments) <= 0) return;
  capture->Add(Printable(line.append(text.data())));
}

}  // namespace

void LogCapture::InstallQuietLog() {
  [[maybe_unused]] static const bool installed = [] {
    av_log_set_callback(OnLog);
    return true;
  }();
}

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

#include "runtime/read_ahead.h"

#include <array>
#include <cstddef>
#include <system_error>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "runtime/fault.h"

namespace reelbatch::runtime {
namespace {

using media::RequestedSource;

class ReadingAhead final : public RequestedSource {
 public:
  explicit ReadingAhead(std::unique_ptr<RequestedSource> source) : source_(std::move(source)) {}
  ~ReadingAhead() override {
    {
      base::MutexLock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  ReadingAhead(const ReadingAhead&) = delete;
  ReadingAhead& operator=(const ReadingAhead&) = delete;

  /// False: there is no thread to be had.
  bool Start() {
    try {
      thread_ = std::thread([this] { Read(); });
    } catch (const std::system_error&) {
      return false;
    }
    return true;
  }

  std::unique_ptr<RequestedSource> TakeSource() { return std::move(source_); }

  const contracts::VideoInfo& info() const override { return source_->info(); }
  const contracts::DecodeReport& report() const override { return source_->report(); }
  double position_s() const override { return shown_.position_s; }
  std::optional<media::FrameSize> refused_size() const override { return source_->refused_size(); }

  base::Result<const media::RequestedFrame*> Next() override {
    base::MutexLock lock(mutex_);
    holding_ = false;
    changed_.notify_all();
    while (waiting_ == 0 && !ended_) changed_.wait(mutex_);
    if (waiting_ == 0) {
      shown_.position_s = end_position_s_;
      if (!end_) return std::unexpected(end_.error());
      return nullptr;
    }
    shown_ = ready_[first_];
    first_ = (first_ + 1) % ready_.size();
    --waiting_;
    holding_ = true;
    return &shown_.frame;
  }

 private:
  struct Ready {
    media::RequestedFrame frame;
    double position_s = 0;
  };

  void Read() {
    while (AwaitRoom()) {
      auto next = Guarded([&] { return source_->Next(); });
      base::MutexLock lock(mutex_);
      if (next && *next != nullptr) {
        Ready& ready = ready_[(first_ + waiting_++) % ready_.size()];
        ready.frame = **next;
        ready.position_s = source_->position_s();
      } else {
        end_position_s_ = source_->position_s();
        if (!next) end_ = std::unexpected(std::move(next.error()));
        ended_ = true;
      }
      changed_.notify_all();
      if (ended_) return;
    }
  }

  /// False: nobody wants any more frames.
  bool AwaitRoom() {
    base::MutexLock lock(mutex_);
    while (!stopping_ && waiting_ + (holding_ ? 1 : 0) > kFramesAhead) changed_.wait(mutex_);
    return !stopping_;
  }

  std::unique_ptr<RequestedSource> source_;
  Ready shown_;  // the reader's
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  std::array<Ready, kFramesAhead + 1> ready_ GUARDED_BY(mutex_);
  size_t first_ GUARDED_BY(mutex_) = 0;
  size_t waiting_ GUARDED_BY(mutex_) = 0;
  bool holding_ GUARDED_BY(mutex_) = false;  // the reader still looks at shown_
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  base::Status end_ GUARDED_BY(mutex_);
  double end_position_s_ GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<RequestedSource> ReadAhead(std::unique_ptr<RequestedSource> source) {
  auto ahead = std::make_unique<ReadingAhead>(std::move(source));
  if (!ahead->Start()) return ahead->TakeSource();
  return ahead;
}

}  // namespace reelbatch::runtime

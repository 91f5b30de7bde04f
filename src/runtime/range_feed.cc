#include "runtime/range_feed.h"

#include <deque>
#include <system_error>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "runtime/fault.h"

namespace reelbatch::runtime {
namespace {

using media::RangeReader;

/// A frame of a range whose place in the video is not known yet.
struct Waiting {
  MeasuredFrame frame;
  double container_s = 0;
};

struct RangeState {
  std::deque<std::unique_ptr<Waiting>> ready;
  std::optional<uint32_t> first_sum;   // of its first picture, as it sees it
  std::optional<uint32_t> behind_sum;  // of the picture behind it
  bool ended = false;
};

class RangeFeed final : public MeasuredFeed {
 public:
  RangeFeed(const media::RangePlan& plan, RangeFeedOptions options)
      : plan_(plan), options_(std::move(options)), join_(plan_), ranges_(plan_.ranges.size()) {}
  ~RangeFeed() override {
    {
      base::MutexLock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }
  RangeFeed(const RangeFeed&) = delete;
  RangeFeed& operator=(const RangeFeed&) = delete;

  const contracts::VideoInfo& info() const override { return plan_.info; }
  const contracts::DecodeReport& report() const override { return report_; }
  double position_s() const override { return join_.position_s(); }
  std::optional<media::FrameSize> refused_size() const override { return std::nullopt; }
  std::optional<size_t> failed_component() const override { return std::nullopt; }

  base::Status Start(const Components& components) override {
    components_ = &components;
    for (int i = 0; i < options_.workers; ++i) {
      try {
        workers_.emplace_back([this] { Work(); });
      } catch (const std::system_error&) {
        if (i > 0) break;
        return base::Fail(base::Code::kUnavailable, "cannot start a thread for a range");
      }
    }
    return {};
  }

  base::Result<MeasuredFrame*> Next() override {
    base::MutexLock lock(mutex_);
    if (shown_) spare_.push_back(std::move(shown_));
    while (true) {
      RangeState& range = ranges_[current_];
      while (range.ready.empty() && !range.ended && !error_) changed_.wait(mutex_);
      if (!range.ready.empty()) {
        shown_ = std::move(range.ready.front());
        range.ready.pop_front();
        --waiting_;
        changed_.notify_all();
        shown_->frame.stamp = join_.Stamp(shown_->container_s);
        return &shown_->frame;
      }
      if (error_) return std::unexpected(*error_);
      if (current_ + 1 == ranges_.size()) return Finish();
      // First of all, so that its worker need not wait until others are fewer.
      ++current_;
      changed_.notify_all();
      if (auto seam = CheckSeam(range, ranges_[current_]); !seam) {
        return std::unexpected(seam.error());
      }
    }
  }

 private:
  base::Status CheckSeam(const RangeState& range, const RangeState& next) REQUIRES(mutex_) {
    while (!next.first_sum && !error_) changed_.wait(mutex_);
    if (error_) return std::unexpected(*error_);
    if (range.behind_sum == next.first_sum) return {};
    return base::Fail(base::Code::kCorrupt,
                      "two ranges decode different pictures at their common boundary");
  }

  base::Result<MeasuredFrame*> Finish() REQUIRES(mutex_) {
    auto report = join_.Finish(interlaced_);
    if (!report) return std::unexpected(report.error());
    report_ = std::move(*report);
    return nullptr;
  }

  void Work() {
    const base::Status worked = Guarded([&]() -> base::Status {
      auto reader = options_.open();
      if (!reader) return std::unexpected(reader.error());
      while (const auto range = TakeRange()) {
        if (auto decoded = Decode(**reader, *range); !decoded) return decoded;
      }
      return {};
    });
    if (worked) return;
    base::MutexLock lock(mutex_);
    if (!error_) error_ = worked.error();
    changed_.notify_all();
  }

  std::optional<size_t> TakeRange() {
    base::MutexLock lock(mutex_);
    if (stopping_ || error_ || next_range_ == ranges_.size()) return std::nullopt;
    return next_range_++;
  }

  base::Status Decode(RangeReader& reader, size_t range) {
    components::MeterSet meters(*components_);
    if (auto begun = reader.Begin(plan_.ranges[range]); !begun) return begun;
    while (true) {
      const auto frame = options_.costs->Decoding([&] { return reader.Next(); });
      if (!frame) return std::unexpected(frame.error());
      if (*frame == nullptr) break;
      auto waiting = TakeSpare(range, meters);
      if (!waiting) return {};
      waiting->container_s = (*frame)->pts_s;
      for (size_t k = 0; k < meters.size(); ++k) {
        if (!waiting->frame.taken[k]) continue;
        auto measured = options_.costs->Of(
            k, [&] { return meters.meter(k).Measure(**frame, *waiting->frame.measures[k]); });
        if (!measured) return measured;
      }
      const bool first = range > 0 && (*frame)->index == 0;
      std::optional<uint32_t> sum;
      if (first || reader.behind()) sum = reader.PictureSum();
      Put(range, std::move(waiting), first, reader.behind(), sum);
    }
    base::MutexLock lock(mutex_);
    ranges_[range].ended = true;
    interlaced_ = interlaced_ || reader.interlaced();
    changed_.notify_all();
    return {};
  }

  /// The range that everybody waits for has room of its own, which the reader empties.
  bool Crowded(size_t range) const REQUIRES(mutex_) {
    if (range == current_) return ranges_[range].ready.size() >= kMeasuresPerWorker;
    return waiting_ >= kMeasuresPerWorker * static_cast<size_t>(options_.workers);
  }

  /// Null: nobody wants any more.
  std::unique_ptr<Waiting> TakeSpare(size_t range, const components::MeterSet& meters) {
    {
      base::MutexLock lock(mutex_);
      while (!stopping_ && !error_ && Crowded(range)) changed_.wait(mutex_);
      if (stopping_ || error_) return nullptr;
      if (!spare_.empty()) {
        auto spare = std::move(spare_.back());
        spare_.pop_back();
        return spare;
      }
    }
    auto made = std::make_unique<Waiting>();
    made->frame.measures = meters.NewMeasures();
    made->frame.taken = meters.looks();
    return made;
  }

  void Put(size_t range, std::unique_ptr<Waiting> waiting, bool first, bool behind,
           std::optional<uint32_t> sum) {
    base::MutexLock lock(mutex_);
    RangeState& state = ranges_[range];
    if (first) state.first_sum = sum;
    if (behind) state.behind_sum = sum;
    if (first) {
      spare_.push_back(std::move(waiting));
    } else {
      state.ready.push_back(std::move(waiting));
      ++waiting_;
    }
    changed_.notify_all();
  }

  const media::RangePlan plan_;
  const RangeFeedOptions options_;
  const Components* components_ = nullptr;
  contracts::DecodeReport report_;
  std::unique_ptr<Waiting> shown_;
  media::RangeJoin join_;

  base::Mutex mutex_;
  base::ConditionVariable changed_;
  std::vector<RangeState> ranges_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Waiting>> spare_ GUARDED_BY(mutex_);
  std::optional<base::Error> error_ GUARDED_BY(mutex_);
  size_t next_range_ GUARDED_BY(mutex_) = 0;
  size_t current_ GUARDED_BY(mutex_) = 0;  // that frames are given from
  size_t waiting_ GUARDED_BY(mutex_) = 0;  // frames in all of ready
  bool interlaced_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> workers_;
};

}  // namespace

std::unique_ptr<MeasuredFeed> MakeRangeFeed(const media::RangePlan& plan,
                                            RangeFeedOptions options) {
  return std::make_unique<RangeFeed>(plan, std::move(options));
}

}  // namespace reelbatch::runtime

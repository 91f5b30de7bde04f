#include "runtime/cost_log.h"

#include <utility>

namespace reelbatch::runtime {
namespace {

class MeteredSource final : public media::RequestedSource {
 public:
  MeteredSource(std::unique_ptr<media::RequestedSource> source, CostLog& log)
      : source_(std::move(source)), log_(log) {}

  const contracts::VideoInfo& info() const override { return source_->info(); }
  const contracts::DecodeReport& report() const override { return source_->report(); }
  double position_s() const override { return source_->position_s(); }
  std::optional<media::FrameSize> refused_size() const override { return source_->refused_size(); }
  base::Result<const media::RequestedFrame*> Next() override {
    return log_.Decoding([this] { return source_->Next(); });
  }

 private:
  std::unique_ptr<media::RequestedSource> source_;
  CostLog& log_;
};

}  // namespace

void CostLog::DecodingUnknown() {
  const base::MutexLock lock(mutex_);
  decoding_unknown_ = true;
}

base::Nanoseconds CostLog::Of(size_t slot) const {
  const base::MutexLock lock(mutex_);
  return slot < spent_.size() ? spent_[slot] : base::Nanoseconds(0);
}

std::optional<base::Nanoseconds> CostLog::OfDecoding() const {
  const base::MutexLock lock(mutex_);
  if (decoding_unknown_ || spent_.empty()) return std::nullopt;
  return spent_[kDecode];
}

void CostLog::Add(size_t slot, base::Nanoseconds spent) {
  const base::MutexLock lock(mutex_);
  if (spent_.size() <= slot) spent_.resize(slot + 1);
  spent_[slot] += spent;
}

std::unique_ptr<media::RequestedSource> Metered(std::unique_ptr<media::RequestedSource> source,
                                                CostLog& log) {
  return std::make_unique<MeteredSource>(std::move(source), log);
}

}  // namespace reelbatch::runtime

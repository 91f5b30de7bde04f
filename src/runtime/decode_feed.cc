#include "runtime/decode_feed.h"

#include <memory>
#include <utility>

namespace reelbatch::runtime {
namespace {

class DecodeFeed final : public MeasuredFeed {
 public:
  DecodeFeed(std::unique_ptr<media::RequestedSource> source, FrameShares shares, VideoWatch& watch,
             CostLog& costs)
      : source_(std::move(source)), shares_(std::move(shares)), watch_(watch), costs_(costs) {}

  const contracts::VideoInfo& info() const override { return source_->info(); }
  const contracts::DecodeReport& report() const override { return source_->report(); }
  double position_s() const override { return source_->position_s(); }
  std::optional<media::FrameSize> refused_size() const override { return source_->refused_size(); }
  std::optional<size_t> failed_component() const override { return failed_; }

  base::Status Start(const Components& components) override {
    meters_ = std::make_unique<components::MeterSet>(components, shares_.of);
    frame_.measures = meters_->NewMeasures();
    frame_.taken.resize(components.size());
    return {};
  }

  base::Result<MeasuredFrame*> Next() override {
    auto decoded = source_->Next();
    if (!decoded) return std::unexpected(std::move(decoded.error()));
    if (*decoded == nullptr) return nullptr;
    for (size_t k = 0; k < meters_->size(); ++k) {
      const std::optional<size_t> request = shares_.of[k];
      frame_.taken[k] = request && (*decoded)->of[*request];
      if (!frame_.taken[k]) continue;
      failed_ = k;
      watch_.Beat(Stage::kComponent);
      const image::StampedFrame& seen = *(*decoded)->of[*request];
      auto measured =
          costs_.Of(k, [&] { return meters_->meter(k).Measure(seen, *frame_.measures[k]); });
      if (!measured) return std::unexpected(std::move(measured.error()));
    }
    failed_.reset();
    frame_.stamp = (*decoded)->stamp;
    return &frame_;
  }

 private:
  std::unique_ptr<media::RequestedSource> source_;
  const FrameShares shares_;
  VideoWatch& watch_;
  CostLog& costs_;
  std::unique_ptr<components::MeterSet> meters_;
  MeasuredFrame frame_;
  std::optional<size_t> failed_;
};

}  // namespace

std::unique_ptr<MeasuredFeed> MakeDecodeFeed(std::unique_ptr<media::RequestedSource> source,
                                             FrameShares shares, VideoWatch& watch,
                                             CostLog& costs) {
  return std::make_unique<DecodeFeed>(std::move(source), std::move(shares), watch, costs);
}

}  // namespace reelbatch::runtime

#include "media/frame_request.h"

#include <utility>

namespace reelbatch::media {
namespace {

class FirstRequest final : public FrameSource {
 public:
  explicit FirstRequest(std::unique_ptr<RequestedSource> source) : source_(std::move(source)) {}

  const contracts::VideoInfo& info() const override { return source_->info(); }
  const contracts::DecodeReport& report() const override { return source_->report(); }
  std::optional<FrameSize> refused_size() const override { return source_->refused_size(); }
  double position_s() const override { return source_->position_s(); }
  base::Result<const image::StampedFrame*> Next() override {
    const auto frame = source_->Next();
    if (!frame) return std::unexpected(frame.error());
    return *frame == nullptr ? nullptr : &*(*frame)->of.front();
  }

 private:
  std::unique_ptr<RequestedSource> source_;
};

}  // namespace

std::unique_ptr<FrameSource> AsFrameSource(std::unique_ptr<RequestedSource> source) {
  return std::make_unique<FirstRequest>(std::move(source));
}

}  // namespace reelbatch::media

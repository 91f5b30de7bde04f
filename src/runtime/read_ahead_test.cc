#include "runtime/read_ahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

namespace reelbatch::runtime {
namespace {

using media::RequestedSource;

/// How far the source is ahead of its reader.
struct Lead {
  std::atomic<int> calls{0};     // of the source's Next()
  std::atomic<int> released{0};  // frames that the reader looks at no more
  std::atomic<int> longest{0};   // calls beyond released, as the source saw them
};

/// Frames 0, 1, 2 ... at 25 a second; after `frames` of them the end, an error or an exception.
class CountingSource final : public RequestedSource {
 public:
  enum class End : uint8_t { kNull, kError, kThrow };

  CountingSource(int frames, End end, Lead& lead) : frames_(frames), end_(end), lead_(lead) {}

  const contracts::VideoInfo& info() const override { return info_; }
  const contracts::DecodeReport& report() const override { return report_; }
  double position_s() const override { return frame_.stamp.pts_s; }

  base::Result<const media::RequestedFrame*> Next() override {
    const int call = lead_.calls++;
    lead_.longest = std::max<int>(lead_.longest, call + 1 - lead_.released);
    if (call < frames_) {
      frame_.stamp = {.index = call, .pts_s = call / 25.0};
      report_.frames_decoded = call + 1;
      return &frame_;
    }
    if (end_ == End::kThrow) throw std::runtime_error("decoder exploded");
    if (end_ == End::kError) return base::Fail(base::Code::kIo, "the disk is gone");
    return nullptr;
  }

 private:
  const int frames_;
  const End end_;
  Lead& lead_;
  contracts::VideoInfo info_;
  contracts::DecodeReport report_;
  media::RequestedFrame frame_;
};

using End = CountingSource::End;

struct Ahead {
  explicit Ahead(int frames, End end = End::kNull)
      : source(ReadAhead(std::make_unique<CountingSource>(frames, end, lead))) {}

  Lead lead;
  std::unique_ptr<RequestedSource> source;
};

TEST(ReadAhead, GivesEveryFrameInOrderAndThenTheReport) {
  Ahead ahead(1000);
  for (int i = 0; i < 1000; ++i) {
    const auto frame = ahead.source->Next();
    ASSERT_TRUE(frame.has_value() && *frame != nullptr) << i;
    ASSERT_EQ((*frame)->stamp.index, i);
    ASSERT_DOUBLE_EQ(ahead.source->position_s(), i / 25.0);
  }
  EXPECT_EQ(ahead.source->Next().value(), nullptr);
  EXPECT_EQ(ahead.source->report().frames_decoded, 1000);
}

TEST(ReadAhead, OfNoFrameIsTheEnd) {
  Ahead ahead(0);
  EXPECT_EQ(ahead.source->Next().value(), nullptr);
}

TEST(ReadAhead, DoesNotTouchAFrameThatIsStillShown) {
  // The source keeps the samples of kFramesAhead frames beyond the newest: so many, and no more,
  // may be alive.
  constexpr int kMost = static_cast<int>(kFramesAhead) + 1;
  Ahead ahead(300);
  for (int i = 0; i < 300; ++i) {
    while (ahead.lead.calls < std::min(i + kMost - 1, 300)) std::this_thread::yield();
    if (i > 0) ++ahead.lead.released;
    ASSERT_EQ((*ahead.source->Next())->stamp.index, i);
  }
  EXPECT_EQ(ahead.lead.longest, kMost);
}

TEST(ReadAhead, PassesErrorsOnAfterTheFramesBeforeThem) {
  Ahead ahead(2, End::kError);
  EXPECT_EQ((*ahead.source->Next())->stamp.index, 0);
  EXPECT_EQ((*ahead.source->Next())->stamp.index, 1);
  const auto end = ahead.source->Next();
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().code, base::Code::kIo);
}

TEST(ReadAhead, TurnsExceptionsIntoErrors) {
  Ahead ahead(0, End::kThrow);
  const auto end = ahead.source->Next();
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().code, base::Code::kInternal);
  EXPECT_THAT(end.error().message, testing::HasSubstr("decoder exploded"));
}

TEST(ReadAhead, CanBeLeftAtAnyTime) {
  for (int taken = 0; taken < 8; ++taken) {
    Ahead ahead(1000);
    for (int i = 0; i < taken; ++i) ASSERT_TRUE(ahead.source->Next().has_value());
  }
}

}  // namespace
}  // namespace reelbatch::runtime

#include "media/frame_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "media/joined_files.h"
#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

using contracts::Sampling;
using testing::HasSubstr;
using testing::Lt;
using testing_clips::kTestSource;
using testing_clips::SamplesOf;
using testing_clips::TempFolder;

/// What one request was given.
struct Given {
  contracts::Timeline timeline;
  std::vector<std::string> samples;  // of every frame, its thumbnail behind them
  friend bool operator==(const Given& a, const Given& b) {
    return a.timeline.frame_indices == b.timeline.frame_indices &&
           a.timeline.pts_s == b.timeline.pts_s && a.samples == b.samples;
  }
};

struct Readings {
  std::vector<Given> given;  // by request
  contracts::DecodeReport report;
  int decoded = 0;  // frames, as the reader counts them
  std::string failure;
};

using Open = std::function<base::Result<std::unique_ptr<RequestedSource>>(const ReaderOptions&)>;

/// Rows of `view` without what pads them.
std::string BytesOf(const image::ImageView<uint8_t>& view) {
  std::string bytes;
  for (int y = 0; y < view.height; ++y)
    bytes.append(reinterpret_cast<const char*>(view.row(y)), static_cast<size_t>(view.width));
  return bytes;
}

/// Copies the samples of every frame at the last moment of their life.
Readings Read(const Open& open, ReaderOptions options) {
  Readings readings;
  options.on_decoded = [&readings] { ++readings.decoded; };
  const auto source = open(options);
  if (!source) {
    readings.failure = source.error().Text();
    return readings;
  }
  readings.given.resize(RequestsOf(options).size());
  std::deque<RequestedFrame> shown;
  const auto copy_until = [&](size_t left) {
    for (; shown.size() > left; shown.pop_front()) {
      for (size_t k = 0; k < readings.given.size(); ++k) {
        const auto& seen = shown.front().of[k];
        if (seen)
          readings.given[k].samples.push_back(SamplesOf(seen->view) + BytesOf(seen->thumbnail));
      }
    }
  };
  while (true) {
    copy_until(static_cast<size_t>(options.frames_kept));
    const auto frame = (*source)->Next();
    if (!frame) readings.failure = frame.error().Text();
    if (!frame || *frame == nullptr) break;
    for (size_t k = 0; k < readings.given.size(); ++k) {
      if (!(*frame)->of[k]) continue;
      readings.given[k].timeline.frame_indices.push_back((*frame)->of[k]->index);
      readings.given[k].timeline.pts_s.push_back((*frame)->of[k]->pts_s);
    }
    shown.push_back(**frame);
  }
  copy_until(0);
  readings.report = (*source)->report();
  return readings;
}

/// What the requests ask for: rates and sizes that some share, and small pictures of two sizes.
std::vector<FrameRequest> Requests(const Sampling& common) {
  std::vector<FrameRequest> requests(7, {.sampling = common});
  requests[1].sampling.analysis_fps = 5;
  requests[2].sampling.every = 4;
  requests[2].sampling.analysis_width = 32;
  requests[3].sampling.analysis_width = 32;
  requests[3].thumbnail = FrameSize{.width = 12, .height = 9};
  requests[4].sampling.analysis_fps = 5;
  requests[4].thumbnail = FrameSize{.width = 8, .height = 6};
  requests[5].sampling.every = 7;
  requests[5].sampling.analysis_height = 24;
  requests[6].sampling.analysis_width = 64;
  requests[6].sampling.analysis_height = 48;
  return requests;
}

class FrameRequests : public testing::Test {
 protected:
  /// Every request gets what a reader of its own gives, and one reader decodes the file once.
  void ExpectAsAlone(const Open& open, const ReaderOptions& options) {
    ReaderOptions together = options;
    together.requests = Requests(options.sampling);
    const Readings all = Read(open, together);
    ASSERT_EQ(all.failure, "");
    EXPECT_THAT(all.given[2].samples.size(), Lt(all.given[0].samples.size()));
    for (size_t k = 0; k < together.requests.size(); ++k) {
      SCOPED_TRACE(k);
      ReaderOptions alone = options;
      alone.sampling = together.requests[k].sampling;
      alone.thumbnail = together.requests[k].thumbnail;
      const Readings one = Read(open, alone);
      ASSERT_EQ(one.failure, "");
      EXPECT_FALSE(one.given[0].samples.empty());
      EXPECT_TRUE(all.given[k] == one.given[0]);
      EXPECT_EQ(all.decoded, one.decoded) << "decoded once for all";
      EXPECT_EQ(all.report.frames_decoded, one.report.frames_decoded);
      EXPECT_EQ(all.report.end_frame, one.report.end_frame);
      EXPECT_EQ(all.report.size_changed_at, one.report.size_changed_at);
    }
  }

  static Open Of(const std::filesystem::path& path) {
    return [path](const ReaderOptions& options) { return OpenRequested(path, options); };
  }

  TempFolder folder_;
};

TEST_F(FrameRequests, OfAVideoGiveWhatSeparateReadersGive) {
  const auto clip =
      folder_.Ffmpeg(kTestSource + std::string("-c:v libx264 -bf 2 -pix_fmt yuv420p"), "a.mp4");
  const auto deep =
      folder_.Ffmpeg(kTestSource + std::string("-c:v ffv1 -pix_fmt yuv422p10le"), "deep.mkv");
  const contracts::CropRect crop{.x = 5, .y = 3, .width = 40, .height = 30};
  for (const auto& path : {clip, deep}) {
    for (const int threads : {1, 2}) {
      for (const int kept : {0, 4}) {
        SCOPED_TRACE(path.string() + " " + std::to_string(threads) + " " + std::to_string(kept));
        ExpectAsAlone(Of(path), {.threads = threads, .frames_kept = kept});
      }
    }
    ExpectAsAlone(Of(path), {.sampling = {.start_s = 0.2, .end_s = 0.9}, .frames_kept = 2});
    ExpectAsAlone(Of(path), {.sampling = {.crop = crop}, .frames_kept = 2});
  }
}

TEST_F(FrameRequests, OfPicturesGiveWhatSeparateReadersGive) {
  folder_.Ffmpeg(kTestSource, "%03d.png");
  const auto pictures = folder_.path() / "%03d.png";
  ExpectAsAlone(Of(pictures), {.frames_kept = 2});
  ExpectAsAlone(Of(pictures), {.sampling = {.start_s = 0.2, .picture_fps = 30}});
}

TEST_F(FrameRequests, OfJoinedFilesGoOnOverTheSeams) {
  const auto one = folder_.Ffmpeg(kTestSource + std::string("-c:v ffv1"), "1.mkv");
  const auto two = folder_.Ffmpeg(kTestSource + std::string("-c:v libx264 -bf 2"), "2.mp4");
  const Open open =
      [&](const ReaderOptions& options) -> base::Result<std::unique_ptr<RequestedSource>> {
    JoinedFiles files({one, two});
    if (auto info = files.Probe(options.sampling, nullptr); !info)
      return std::unexpected(info.error());
    return files.Open(options);
  };
  ExpectAsAlone(open, {});
  ExpectAsAlone(open, {.sampling = {.start_s = 0.5}, .frames_kept = 4});
}

TEST_F(FrameRequests, ThatDoNotAgreeOnTheRangeAreRefused) {
  const auto clip = folder_.Ffmpeg(kTestSource + std::string("-c:v libx264"), "a.mp4");
  ReaderOptions options;
  options.requests = {{}, {.sampling = {.start_s = 0.5}}};
  const auto refused = OpenRequested(clip, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(refused.error().Text(), HasSubstr("must request the same range"));
  options.requests = {{}, {.sampling = {.analysis_width = 1}}};
  EXPECT_EQ(OpenRequested(clip, options).error().context, "analysis_width");
}

}  // namespace
}  // namespace reelbatch::media

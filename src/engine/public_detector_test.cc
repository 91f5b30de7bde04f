#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <span>
#include <utility>

#include "base/test_folder.h"
#include "components/cut_detection/test_frames.h"
#include "engine/detect.h"
#include "engine/public_convert.h"
#include "engine/settle_config.h"
#include "media/video_reader.h"
#include "media/video_writer.h"
#include "reelbatch/detector.h"

namespace reelbatch {
namespace {

using base::testing::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kFps = 25;

/// A picture as a host holds it: planes one behind the other, without padding.
struct Picture {
  PixelFormat format = PixelFormat::kYuv420;
  int width = 0;
  int height = 0;
  bool full_range = true;
  bool bt709 = false;
  double time_s = 0;
  std::vector<std::byte> bytes = {};

  size_t plane_bytes(int plane) const {
    const auto w = static_cast<size_t>(width);
    const auto h = static_cast<size_t>(height);
    if (format == PixelFormat::kYuv420) return plane == 0 ? w * h : (w + 1) / 2 * ((h + 1) / 2);
    return format == PixelFormat::kGray8 ? w * h : 3 * w * h;
  }

  /// Of the same bytes, wherever they lie.
  FrameView ViewAt(const std::byte* data) const {
    FrameView view{.format = format,
                   .width = width,
                   .height = height,
                   .full_range = full_range,
                   .bt709 = bt709};
    const bool rgb = format == PixelFormat::kRgb24 || format == PixelFormat::kBgr24;
    view.planes[0] = {data, rgb ? 3 * width : width};
    if (format != PixelFormat::kYuv420) return view;
    view.planes[1] = {data + plane_bytes(0), (width + 1) / 2};
    view.planes[2] = {data + plane_bytes(0) + plane_bytes(1), (width + 1) / 2};
    return view;
  }
  FrameView view() const { return ViewAt(bytes.data()); }
};

void Append(image::ImageView<uint8_t> plane, std::vector<std::byte>& to) {
  for (int y = 0; y < plane.height; ++y) {
    const auto row = std::as_bytes(std::span(plane.row(y), static_cast<size_t>(plane.width)));
    to.insert(to.end(), row.begin(), row.end());
  }
}

Picture PictureOf(const image::FrameView& frame, double time_s) {
  Picture picture{.width = frame.y.width,
                  .height = frame.y.height,
                  .full_range = frame.full_range,
                  .bt709 = frame.bt709,
                  .time_s = time_s};
  for (const auto& plane : {frame.y, frame.u, frame.v}) Append(plane, picture.bytes);
  return picture;
}

constexpr int kWidth = 95;  // odd, and no multiple of a vector
constexpr int kHeight = 63;
constexpr int kShotFrames = 20;

/// Four shots of 20 frames that move, at an even size or an odd one.
std::vector<Picture> MadeUp(int width = kWidth, int height = kHeight) {
  std::vector<Picture> pictures;
  for (int k = 0; k < 4 * kShotFrames; ++k) {
    const components::TestFrame frame(width, height, 1 + k / kShotFrames, k, k / 2);
    pictures.push_back(PictureOf(frame.view(), static_cast<double>(k) / kFps));
  }
  return pictures;
}

std::byte ToByte(double value) {
  return static_cast<std::byte>(std::lround(std::fmin(255.0, std::fmax(0.0, value))));
}

/// The same picture in another format: BT.601, full range, as MadeUp() is meant.
Picture As(PixelFormat format, const Picture& from) {
  Picture to{.format = format,
             .width = from.width,
             .height = from.height,
             .full_range = true,
             .time_s = from.time_s};
  if (format == PixelFormat::kGray8) {
    to.bytes.assign(from.bytes.begin(),
                    from.bytes.begin() + static_cast<ptrdiff_t>(from.plane_bytes(0)));
    return to;
  }
  const auto sample = [](const FrameView::PlaneView& plane, int x, int y) {
    return static_cast<double>(plane.data[plane.stride * y + x]);
  };
  const FrameView view = from.view();
  for (int y = 0; y < from.height; ++y) {
    for (int x = 0; x < from.width; ++x) {
      const double luma = sample(view.planes[0], x, y);
      const double cb = sample(view.planes[1], x / 2, y / 2) - 128;
      const double cr = sample(view.planes[2], x / 2, y / 2) - 128;
      const std::byte red = ToByte(luma + 1.402 * cr);
      const std::byte green = ToByte(luma - 0.344136 * cb - 0.714136 * cr);
      const std::byte blue = ToByte(luma + 1.772 * cb);
      const bool rgb = format == PixelFormat::kRgb24;
      for (const std::byte value : {rgb ? red : blue, green, rgb ? blue : red})
        to.bytes.push_back(value);
    }
  }
  return to;
}

Detector MakeDetector(const DetectorOptions& options) {
  auto detector = Detector::Make(options);
  EXPECT_TRUE(detector) << detector.error().Text();
  return std::move(*detector);
}

struct Found {
  std::vector<Event> events;
  std::vector<Shot> shots;
};

Found Detect(const std::vector<Picture>& pictures, DetectorOptions options = {}) {
  options.width = pictures.front().width;
  options.height = pictures.front().height;
  Detector detector = MakeDetector(options);
  for (const Picture& picture : pictures) {
    const Status pushed = detector.Push(picture.view(), picture.time_s);
    EXPECT_TRUE(pushed) << pushed.error().Text();
  }
  auto events = detector.Finish();
  EXPECT_TRUE(events) << events.error().Text();
  return {.events = std::move(*events), .shots = detector.shots()};
}

std::vector<int64_t> FirstFrames(const Found& found) {
  std::vector<int64_t> frames;
  for (const Event& event : found.events) {
    EXPECT_EQ(event.type, "hard");
    frames.push_back(event.start_frame);
  }
  return frames;
}

void ExpectSame(const Found& one, const Found& other) {
  ASSERT_EQ(one.events.size(), other.events.size());
  for (size_t k = 0; k < one.events.size(); ++k) {
    EXPECT_EQ(one.events[k].type, other.events[k].type);
    EXPECT_EQ(one.events[k].ends_shot, other.events[k].ends_shot);
    EXPECT_EQ(one.events[k].start_s, other.events[k].start_s);
    EXPECT_EQ(one.events[k].end_s, other.events[k].end_s);
    EXPECT_EQ(one.events[k].start_frame, other.events[k].start_frame);
    EXPECT_EQ(one.events[k].end_frame, other.events[k].end_frame);
    EXPECT_EQ(one.events[k].confidence, other.events[k].confidence);
  }
  ASSERT_EQ(one.shots.size(), other.shots.size());
  for (size_t k = 0; k < one.shots.size(); ++k) {
    EXPECT_EQ(one.shots[k].start_s, other.shots[k].start_s);
    EXPECT_EQ(one.shots[k].end_s, other.shots[k].end_s);
    EXPECT_EQ(one.shots[k].start_frame, other.shots[k].start_frame);
    EXPECT_EQ(one.shots[k].end_frame, other.shots[k].end_frame);
  }
}

/// What a run says of a file.
Found FoundInFile(const std::filesystem::path& clip, std::optional<contracts::Preset> preset) {
  const auto catalog = engine::Catalog::Builtin();
  contracts::RunConfig config;
  config.preset = preset;
  EXPECT_TRUE(engine::SettleConfig(config, catalog));
  const auto detected = engine::DetectInMemory(
      {.videos = {clip}, .config = config, .work = {}, .threads = 1}, catalog, nullptr, {});
  const VideoResult result =
      engine::PublicResult(detected.value().outcomes.front().value(), engine::KeepArrays::kNo);
  EXPECT_EQ(result.reason, "");
  return {.events = result.events, .shots = result.shots};
}

/// What a file decodes to.
std::vector<Picture> Decoded(const std::filesystem::path& clip) {
  std::vector<Picture> pictures;
  auto source = media::OpenVideo(clip, {});
  EXPECT_TRUE(source) << source.error().Text();
  while (true) {
    const auto frame = (*source)->Next();
    EXPECT_TRUE(frame);
    if (!frame || *frame == nullptr) return pictures;
    const double zero_s = (*source)->info().player_start_s;
    pictures.push_back(PictureOf((*frame)->view, (*frame)->pts_s - zero_s));
  }
}

void WriteClip(const std::filesystem::path& clip) {
  auto writer = media::CreateVideo(clip, {.width = 96, .height = 64, .fps = {kFps, 1}});
  ASSERT_TRUE(writer) << writer.error().Text();
  for (int k = 0; k < 4 * kShotFrames; ++k) {
    const components::TestFrame frame(96, 64, 1 + k / kShotFrames, k, k / 2);
    ASSERT_TRUE((*writer)->Write(frame.view(), k));
  }
  ASSERT_TRUE((*writer)->Finish());
}

TEST(Detector, FindsExactlyWhatARunFindsInTheSameFrames) {
  const TempFolder folder;
  const std::filesystem::path clip = folder.path() / "clip.mp4";
  WriteClip(clip);
  const std::vector<Picture> pictures = Decoded(clip);
  ASSERT_THAT(pictures, SizeIs(4 * kShotFrames));
  const Found file = FoundInFile(clip, std::nullopt);
  EXPECT_THAT(FirstFrames(file), ElementsAre(20, 40, 60));
  ExpectSame(Detect(pictures), file);
  ExpectSame(Detect(pictures, {.preset = "default"}),
             FoundInFile(clip, contracts::Preset::kDefault));
}

TEST(Detector, FindsTheSameCutsInEveryFormat) {
  const std::vector<Picture> pictures = MadeUp();
  const Found planar = Detect(pictures);
  EXPECT_THAT(FirstFrames(planar), ElementsAre(20, 40, 60));
  for (const PixelFormat format : {PixelFormat::kRgb24, PixelFormat::kBgr24, PixelFormat::kGray8}) {
    std::vector<Picture> others;
    for (const Picture& picture : pictures) others.push_back(As(format, picture));
    const Found found = Detect(others);
    EXPECT_THAT(FirstFrames(found), ElementsAre(20, 40, 60));
    for (size_t k = 0; k < found.events.size() && format != PixelFormat::kGray8; ++k)
      EXPECT_NEAR(found.events[k].confidence, planar.events[k].confidence, 0.05);
  }
}

/// Memory whose end nobody may read beyond.
class Guarded {
 public:
  explicit Guarded(size_t bytes) : bytes_(bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    room_ = (bytes + page - 1) / page * page;
    map_ = static_cast<std::byte*>(
        mmap(nullptr, room_ + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(map_, MAP_FAILED);
    EXPECT_EQ(mprotect(map_ + room_, page, PROT_NONE), 0);
    mapped_ = room_ + page;
  }
  ~Guarded() { munmap(map_, mapped_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  const std::byte* Fill(const std::vector<std::byte>& with) {
    std::byte* const data = map_ + room_ - bytes_;
    std::memcpy(data, with.data(), bytes_);
    return data;
  }

 private:
  size_t bytes_;
  size_t room_ = 0;
  size_t mapped_ = 0;
  std::byte* map_ = nullptr;
};

TEST(Detector, ReadsNothingBeyondTheLastSample) {
  const std::vector<Picture> pictures = MadeUp();
  for (const PixelFormat format :
       {PixelFormat::kYuv420, PixelFormat::kGray8, PixelFormat::kRgb24, PixelFormat::kBgr24}) {
    std::vector<Picture> same;
    for (const Picture& picture : pictures)
      same.push_back(format == PixelFormat::kYuv420 ? picture : As(format, picture));
    Guarded memory(same.front().bytes.size());
    Detector detector = MakeDetector({.width = kWidth, .height = kHeight});
    for (const Picture& picture : same)
      ASSERT_TRUE(detector.Push(picture.ViewAt(memory.Fill(picture.bytes)), picture.time_s));
    const auto events = detector.Finish();
    ASSERT_TRUE(events);
    ExpectSame({.events = *events, .shots = detector.shots()}, Detect(same));
  }
}

TEST(Detector, EventsHaveTheTimesThatTheHostGave) {
  std::vector<Picture> pictures = MadeUp();
  for (size_t k = 0; k < pictures.size(); ++k)
    pictures[k].time_s = 1000 + 0.02 * static_cast<double>(k);
  const Found found = Detect(pictures);
  ASSERT_THAT(found.events, SizeIs(3));
  EXPECT_EQ(found.events[0].start_s, pictures[20].time_s);
  EXPECT_EQ(found.shots.front().start_s, 1000);
  EXPECT_NEAR(found.shots.back().end_s, 1000 + 0.02 * 80, 1e-9);
}

TEST(Detector, OnlyConfidentEventsWhereTheHostAsksForThem) {
  EXPECT_THAT(Detect(MadeUp(), {.min_confidence = 1.0}).shots, SizeIs(1));
}

TEST(Detector, TwoAtATimeKnowNothingOfEachOther) {
  const std::vector<Picture> pictures = MadeUp();
  const Picture still = pictures.front();
  Detector moving = MakeDetector({.width = kWidth, .height = kHeight});
  Detector quiet = MakeDetector({.width = kWidth, .height = kHeight});
  for (const Picture& picture : pictures) {
    ASSERT_TRUE(moving.Push(picture.view(), picture.time_s));
    ASSERT_TRUE(quiet.Push(still.view(), picture.time_s));
  }
  EXPECT_THAT(*quiet.Finish(), IsEmpty());
  EXPECT_THAT(*moving.Finish(), SizeIs(3));
}

TEST(Detector, WithoutFramesThereIsNothingToSay) {
  Detector none = MakeDetector({.width = kWidth, .height = kHeight});
  EXPECT_THAT(*none.Finish(), IsEmpty());
  EXPECT_THAT(none.shots(), IsEmpty());
  const Found one = Detect({MadeUp().front()});
  EXPECT_THAT(one.events, IsEmpty());
  ASSERT_THAT(one.shots, SizeIs(1));
  EXPECT_EQ(one.shots[0].end_frame, 1);
}

void ExpectInvalid(const Status& status, const char* field, const char* why) {
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.error().context, field);
  EXPECT_THAT(status.error().message, HasSubstr(why));
}

Status Made(const DetectorOptions& options) {
  auto detector = Detector::Make(options);
  return detector ? Status() : std::unexpected(detector.error());
}

TEST(Detector, RefusesOptionsThatCannotBe) {
  ExpectInvalid(Made({.width = 2, .height = 64}), "width",
                "2 px is out of range; frames have 3 to 16384");
  ExpectInvalid(Made({.width = 64, .height = 16385}), "height", "16385 px");
  ExpectInvalid(Made({.width = 64, .height = 64, .preset = "best"}), "preset",
                "quality, default or fast");
  for (const double wrong : {0.0, -1.0, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
    ExpectInvalid(Made({.width = 64, .height = 64, .min_confidence = wrong}), "min_confidence",
                  "must be above 0 and at most 1");
  }
}

TEST(Detector, RefusesAFrameThatDoesNotFitAndTakesTheNext) {
  std::vector<Picture> pictures = MadeUp();
  Detector detector = MakeDetector({.width = kWidth, .height = kHeight});
  const Picture& picture = pictures[0];
  ASSERT_TRUE(detector.Push(picture.view(), 0));

  FrameView other = picture.view();
  other.width = kWidth - 1;
  ExpectInvalid(detector.Push(other, 1), "frame",
                "94x63 px, but the detector was made for 95x63 px");
  ExpectInvalid(detector.Push(As(PixelFormat::kGray8, picture).view(), 1), "frame",
                "the format of the first frame");
  other = picture.view();
  other.planes[2].data = nullptr;
  ExpectInvalid(detector.Push(other, 1), "planes[2].data", "is null");
  other = picture.view();
  other.planes[1].stride = kWidth / 2;
  ExpectInvalid(detector.Push(other, 1), "planes[1].stride",
                "47 is less than the 48 bytes of a row");
  ExpectInvalid(detector.Push(picture.view(), 0), "time_s", "0 s is not later than 0 s");
  for (const double no_time :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    ExpectInvalid(detector.Push(picture.view(), no_time), "time_s",
                  "is not a valid time of a frame");

  for (size_t k = 1; k < pictures.size(); ++k)
    ASSERT_TRUE(detector.Push(pictures[k].view(), pictures[k].time_s));
  const auto events = detector.Finish();
  ASSERT_TRUE(events);
  ExpectSame({.events = *events, .shots = detector.shots()}, Detect(pictures));
}

TEST(Detector, NothingComesAfterTheEnd) {
  Detector detector = MakeDetector({.width = kWidth, .height = kHeight});
  ASSERT_TRUE(detector.Finish());
  ExpectInvalid(detector.Push(MadeUp().front().view(), 0), "Push()", "after Finish()");
  const auto again = detector.Finish();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace reelbatch

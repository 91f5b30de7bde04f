#pragma once

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "image/frame.h"
#include "image/plane.h"
#include "media/test_clips.h"
#include "media/video_reader.h"
#include "media/video_writer.h"

namespace reelbatch::media::test {

using testing_clips::TempFolder;

/// A picture that says its own number: ten bits as black and white columns, over a texture that
/// moves.
class NumberedFrame {
 public:
  static constexpr int kWidth = 160;
  static constexpr int kHeight = 64;
  static constexpr int kBits = 10;
  static constexpr int kColumn = kWidth / kBits;

  explicit NumberedFrame(int number)
      : y_(kWidth, kHeight), u_(kWidth / 2, kHeight / 2), v_(kWidth / 2, kHeight / 2) {
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const bool bit = (number >> (x / kColumn) & 1) != 0;
        const int texture = 60 + (x * 3 + y * 5 + number * 7) % 120;
        y_.row(y)[x] = static_cast<uint8_t>(y < kHeight / 2 ? (bit ? 220 : 30) : texture);
      }
    }
    for (int y = 0; y < kHeight / 2; ++y) {
      for (int x = 0; x < kWidth / 2; ++x) {
        u_.row(y)[x] = static_cast<uint8_t>(100 + x / 2);
        v_.row(y)[x] = static_cast<uint8_t>(150 - y);
      }
    }
  }

  image::FrameView view() const { return {.y = y_.view(), .u = u_.view(), .v = v_.view()}; }

  static int Read(const image::FrameView& view) {
    int number = 0;
    for (int bit = 0; bit < kBits; ++bit) {
      if (view.y.row(kHeight / 4)[bit * kColumn + kColumn / 2] > 125) number |= 1 << bit;
    }
    return number;
  }

 private:
  image::Plane<uint8_t> y_;
  image::Plane<uint8_t> u_;
  image::Plane<uint8_t> v_;
};

struct NumberedClip {
  int frames = 60;
  int irregular_from = -1;  // from this frame on every frame lasts two ticks
  WriterOptions options{.width = NumberedFrame::kWidth, .height = NumberedFrame::kHeight};
};

inline base::Status WriteNumberedClip(const std::filesystem::path& path, const NumberedClip& clip) {
  auto writer = CreateVideo(path, clip.options);
  if (!writer) return std::unexpected(writer.error());
  int64_t pts = 0;
  for (int i = 0; i < clip.frames; ++i) {
    if (auto done = (*writer)->Write(NumberedFrame(i).view(), pts); !done) return done;
    pts += clip.irregular_from >= 0 && i >= clip.irregular_from ? 2 : 1;
  }
  return (*writer)->Finish();
}

struct ReadBack {
  std::vector<int> numbers;
  std::vector<double> times;
  contracts::VideoInfo info;
};

inline ReadBack ReadNumbers(const std::filesystem::path& path) {
  ReadBack back;
  auto video = OpenVideo(path, {});
  EXPECT_TRUE(video) << (video ? "" : video.error().Text());
  if (!video) return back;
  back.info = (*video)->info();
  while (true) {
    auto frame = (*video)->Next();
    EXPECT_TRUE(frame) << (frame ? "" : frame.error().Text());
    if (!frame || *frame == nullptr) return back;
    back.numbers.push_back(NumberedFrame::Read((*frame)->view));
    back.times.push_back((*frame)->pts_s);
  }
}

/// What a command prints, without the newlines at its end.
inline std::string Output(const std::string& command) {
  std::string output = testing_clips::Output(command);
  while (output.ends_with('\n')) output.pop_back();
  return output;
}

/// One value of `entries` of the first video stream, as ffprobe prints it.
inline std::string Probed(const std::filesystem::path& path, const std::string& entries,
                          const std::string& stream = "v:0") {
  return Output("ffprobe -v error -count_frames -select_streams " + stream + " -show_entries " +
                entries + " -of default=nw=1:nk=1 '" + path.string() + "'");
}

inline int FilesIn(const std::filesystem::path& folder) {
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  return files;
}

/// Files may not grow past `bytes` while it lives: the shim for a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_before_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_before_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_before_)(int);
};

}  // namespace reelbatch::media::test

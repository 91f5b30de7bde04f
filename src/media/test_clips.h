#pragma once

// For tests only: clips made on the spot by Debian's ffmpeg, and what a reader says of them.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/video.h"
#include "media/video_reader.h"

namespace reelbatch::media::testing_clips {

/// A folder of its own under testing::TempDir(), removed with its content.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  /// Runs `ffmpeg ARGS NAME` and answers NAME's path. The test fails where ffmpeg does.
  std::filesystem::path Ffmpeg(const std::string& arguments, const std::string& name) const;
  std::filesystem::path Write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

/// What a shell command prints. The test fails where the command does.
std::string Output(const std::string& command);

std::string Quoted(const std::filesystem::path& path);
std::string ReadAll(const std::filesystem::path& path);

/// Writes into an MP4 that its first stream is shown turned clockwise by 0, 90, 180 or 270 degrees.
/// The options of the ffmpeg program that do this are not those of every version.
void TurnClockwise(const std::filesystem::path& mp4, int degrees);

/// 64x48, 25 frames/s, moving: the source of most clips.
inline constexpr char kTestSource[] = "-f lavfi -i testsrc2=s=64x48:r=25:d=1 ";

/// Times of all frames as ffprobe prints them, seconds.
std::vector<double> FfprobeTimes(const std::filesystem::path& path);

/// Planes without padding: y, u, v.
std::string SamplesOf(const image::FrameView& view);

struct Reading {
  contracts::VideoInfo info;
  contracts::Timeline timeline;
  contracts::DecodeReport report;
  std::vector<std::string> samples;  // of every frame
  image::FrameView last;             // its pointers are dead; sizes and flags are not
  std::string failure;               // text of the error of OpenVideo() or Next(); empty: none
  base::Code code = base::Code::kInternal;  // of that error
};

/// Reads to the end. `keep_samples` copies every frame, at the last moment of its life.
Reading ReadVideo(const std::filesystem::path& path, const ReaderOptions& options = {},
                  bool keep_samples = false);

}  // namespace reelbatch::media::testing_clips

#include "media/container_formats.h"

#include <algorithm>
#include <array>

namespace reelbatch::media {
namespace {

// Demuxers that keep video inside one self-contained file, as FFmpeg 5.1 names them.
constexpr std::array kVideoContainers = std::to_array<std::string_view>({
    "3dostr",
    "4xm",
    "apng",
    "asf",
    "asf_o",
    "av1",
    "avi",
    "avs",
    "avs2",
    "avs3",
    "bink",
    "cavsvideo",
    "dirac",
    "dnxhd",
    "dv",
    "ea",
    "film_cpk",
    "flic",
    "flv",
    "gif",
    "gxf",
    "h261",
    "h263",
    "h264",
    "hevc",
    "idcin",
    "ivf",
    "ivr",
    "jv",
    "kux",
    "live_flv",
    "lmlm4",
    "m4v",
    "matroska,webm",
    "mjpeg",
    "mm",
    "mov,mp4,m4a,3gp,3g2,mj2",
    "mpeg",
    "mpegts",
    "mpegvideo",
    "mtv",
    "mv",
    "mxf",
    "mxg",
    "nsv",
    "nut",
    "nuv",
    "obu",
    "ogg",
    "pmp",
    "psxstr",
    "pva",
    "r3d",
    "rl2",
    "rm",
    "roq",
    "rpl",
    "ser",
    "smk",
    "smush",
    "swf",
    "thp",
    "tmv",
    "ty",
    "vc1",
    "vc1test",
    "vidc",
    "vivo",
    "vmd",
    "wc3movie",
    "wsvqa",
    "wtv",
    "xmv",
    "yuv4mpegpipe",
});

// Sound only; opened so that the message can say what the file holds (also a cover picture).
constexpr std::array kAudioContainers = std::to_array<std::string_view>({
    "aac", "ac3", "aiff", "amr", "ape", "au",  "caf", "dts", "eac3", "flac",
    "mp3", "mpc", "mpc8", "tak", "tta", "w64", "wav", "wv",  "xwma",
});

}  // namespace

FormatVerdict JudgeFormat(std::string_view name) {
  if (std::ranges::find(kVideoContainers, name) != kVideoContainers.end() ||
      std::ranges::find(kAudioContainers, name) != kAudioContainers.end()) {
    return FormatVerdict::kContainer;
  }
  if (name.ends_with("_pipe") || name == "ico" || name == "image2")
    return FormatVerdict::kStillImage;
  return FormatVerdict::kRefused;
}

std::string FormatRefusal(std::string_view name) {
  if (JudgeFormat(name) == FormatVerdict::kStillImage) {
    if (name.ends_with("_pipe")) name.remove_suffix(std::string_view("_pipe").size());
    return "is a still image (" + std::string(name) +
           "), not a video; remove it from the inputs, or name the folder of the pictures, or "
           "their "
           "numbers ('frames/%05d.png'), to read all of them as one video";
  }
  return "is not a video container (FFmpeg recognises '" + std::string(name) +
         "'); use a video file such as .mp4, .mkv, .webm, .avi or .ts";
}

}  // namespace reelbatch::media

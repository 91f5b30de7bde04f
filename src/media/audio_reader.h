#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/cancel.h"
#include "base/result.h"
#include "contracts/video.h"
#include "media/audio_source.h"
#include "media/shared_file.h"

namespace reelbatch::media {

/// Gaps and overlaps of PTS that are at most so long are jitter of the recorder or rounding of the
/// container (mkv keeps milliseconds): the samples themselves are the better clock. Source: EBU
/// R37, sound at most 40 ms early.
inline constexpr double kAudioJitterSeconds = 0.04;

struct AudioOptions {
  contracts::Sampling sampling =
      {};  // `stream` of the video whose sound it is; the range counts from player_start_s
  int rate = 16000;  // Hz, of what is delivered
  const base::CancelToken* cancel = nullptr;
  /// Shared with the frames of the same pass; may be null.
  std::shared_ptr<SharedFile> shared = nullptr;
  /// Called after every decoded frame, also of those before the range. From the thread that calls
  /// Next().
  std::function<void()> on_decoded = {};
};

/// Opens the sound that belongs to the video for sequential decoding: FFmpeg's best audio stream.
/// Null: there is none.
///
/// Mono is FFmpeg's default mix (libswresample's matrix: centre at 0 dB, left and right at -3 dB,
/// surround at -6 dB, no LFE; scaled so that it cannot clip), at half of each for stereo: what
/// `ffmpeg -ac 1 -ar RATE` writes into a WAV, before it is rounded to 16 bits. Channels without a
/// known layout count equally. Sample 0 is the sound's first PTS, or the first one in the range.
/// Later PTS keep time: beyond kAudioJitterSeconds gaps become silence and what overlaps is left
/// out. A PTS that lies more than a second back, or behind the container's own end, is a clock that
/// was set anew: the sound goes on without a gap and it counts as a decode error. Errors: as
/// Probe(), corrupt (sound that FFmpeg cannot decode), out_of_memory.
base::Result<std::unique_ptr<AudioSource>> OpenAudio(const std::filesystem::path& path,
                                                     const AudioOptions& options);

}  // namespace reelbatch::media

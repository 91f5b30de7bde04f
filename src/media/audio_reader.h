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

/// If PTS leave a gap or overlap by at most this many seconds, the cause is jitter of the recorder,
/// or rounding of the container (Matroska keeps milliseconds). The number of samples is then the
/// better clock. Source: EBU R37, which lets sound be at most 40 ms early.
inline constexpr double kAudioJitterSeconds = 0.04;

struct AudioOptions {
  /// `stream` chooses the video to which the sound belongs. The range counts from player_start_s.
  contracts::Sampling sampling = {};
  int rate = 16000;  // the rate of the samples that the source gives, in Hz
  const base::CancelToken* cancel = nullptr;
  /// Shared with the frames of the same pass; may be null.
  std::shared_ptr<SharedFile> shared = nullptr;
  /// Called after every decoded frame, including frames before the range, in the thread that calls
  /// Next().
  std::function<void()> on_decoded = {};
};

/// Opens the sound that belongs to the video for sequential decoding: the stream that FFmpeg calls
/// the best audio stream. Returns null if there is no sound.
///
/// The samples are mono, in FFmpeg's default mix. They are what `ffmpeg -ac 1 -ar RATE` writes into
/// a WAV file, before it is rounded to 16 bits: half of each channel of stereo. With more channels,
/// libswresample takes the centre at 0 dB, left and right at -3 dB, surround at -6 dB and no LFE,
/// and scales the sum so that it cannot clip. Channels without a known layout have equal shares.
///
/// Sample 0 is at the first PTS of the sound, or at the first one in the range. Later PTS are kept:
/// a gap of more than kAudioJitterSeconds becomes silence, and samples that overlap by more than
/// that are left out. If a PTS jumps back by more than a second, or lies after the end that the
/// container states, the clock was set anew. The sound then continues without a gap, and this
/// counts as a decode error.
/// Errors: as Probe(); corrupt (FFmpeg cannot decode the sound); out_of_memory.
base::Result<std::unique_ptr<AudioSource>> OpenAudio(const std::filesystem::path& path,
                                                     const AudioOptions& options);

}  // namespace reelbatch::media

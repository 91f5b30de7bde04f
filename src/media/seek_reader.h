#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "contracts/video.h"
#include "image/frame.h"
#include "media/joined_files.h"
#include "media/video_reader.h"

namespace reelbatch::media {

/// Counters of a SeekReader.
struct SeekCounts {
  int64_t frames_decoded = 0;  // frames from a decoder, including those that are not shown
  int64_t seeks = 0;
};

/// Pictures of one video at given times. Threads: one caller at a time.
///
/// Note [The same picture]: what At() gives is, byte for byte, what OpenVideo() gives at that time.
/// A seek is made only where the packets prove that it changes nothing (notes [Sound stamps] in
/// seek_map.h, [Entries] in random_access.h), and while it decodes, every frame must come at the
/// time that the packets promise. Anything else is answered by decoding in order from the
/// beginning, as OpenVideo() does, for good: stamps that are missing, repeated or repaired, damage,
/// a complaint of the decoder, headers or a size that change, other containers than MP4 and
/// Matroska, other codecs than those of RandomAccess, picture sequences and joined files. H.264
/// with an open GOP is entered at IDR pictures only.
///
/// So the packets are read from the beginning up to the last time that was asked for (their bytes,
/// not their pictures), and the first frame is always decoded.
class SeekReader {
 public:
  virtual ~SeekReader() = default;

  /// As in OpenVideo().
  virtual const contracts::VideoInfo& info() const = 0;

  /// The picture that a player shows at `pts_s`, in seconds on the clock of OpenVideo()'s frames:
  /// the last frame whose image::StampedFrame::pts_s is not later (with a tolerance of 1 us). If
  /// all frames are later, it is the first one. The samples are valid until the next call. `index`
  /// is the one that OpenVideo() gives if all frames before it were decoded, and -1 if some were
  /// passed over.
  /// Errors: invalid_argument (the time is not a number, or is earlier than that of the call
  /// before), and the errors of FrameSource::Next() for the frames that must be decoded.
  virtual base::Result<const image::StampedFrame*> At(double pts_s) = 0;

  virtual SeekCounts counts() const = 0;

  /// As FrameSource::refused_size(), after At().
  virtual std::optional<FrameSize> refused_size() const = 0;
};

/// For one request (ReaderOptions::requests). Of its sampling the stream, the crop and the analysis
/// size are followed, and the rate of a picture sequence. The range and the analysis rate are not:
/// the times say which frames are wanted. `frames_kept`, `continues` and `shared` are not used.
/// `on_decoded` is also called now and then while packets are read. Two decoded frames are kept
/// beside those of the decoder. Errors: as OpenVideo().
base::Result<std::unique_ptr<SeekReader>> OpenSeekReader(const std::filesystem::path& path,
                                                         const ReaderOptions& options);

/// The same of files that are read as one video, after JoinedFiles::Probe(). Never seeks.
base::Result<std::unique_ptr<SeekReader>> OpenSeekReader(const JoinedFiles& files,
                                                         const ReaderOptions& options);

}  // namespace reelbatch::media

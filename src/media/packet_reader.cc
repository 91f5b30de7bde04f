#include "media/packet_reader.h"

#include "media/frame_clock.h"

namespace reelbatch::media {

base::Status PacketReader::Open(const std::filesystem::path& path,
                                const contracts::Sampling& sampling,
                                const base::CancelToken* cancel) {
  auto container = Container::Open(path, sampling, cancel);
  if (!container) return std::unexpected(container.error());
  container_ = std::move(*container);
  packet_.reset(av_packet_alloc());
  if (!packet_) return container_->Fail(AVERROR(ENOMEM), "copying");
  return {};
}

void PacketReader::Want(const std::vector<SplitTrack>& tracks) {
  for (const SplitTrack& track : tracks)
    container_->format()->streams[track.stream]->discard = AVDISCARD_DEFAULT;
}

base::Result<bool> PacketReader::Read() {
  const LogCapture::Scope scope(container_->log());
  av_packet_unref(packet_.get());
  if (container_->file().cancelled()) return container_->Fail(AVERROR_EXIT, "copying");
  const int read = container_->ReadFrame(*packet_);
  if (read < 0 && container_->file().read_errno() != 0) return container_->Fail(read, "copying");
  return read >= 0;  // damage that the demuxer cannot pass ends the copy as the end does
}

base::Result<std::unique_ptr<PacketTimes>> ReadPacketTimes(const std::filesystem::path& path,
                                                           const contracts::Sampling& sampling,
                                                           const base::CancelToken* cancel) {
  PacketReader reader;
  if (auto opened = reader.Open(path, sampling, cancel); !opened)
    return std::unexpected(opened.error());
  Container& container = reader.container();
  if ((container.format()->iformat->flags & AVFMT_TS_DISCONT) == 0) return nullptr;
  auto times = std::make_unique<PacketTimes>(container.stream()->time_base,
                                             NominalFrameSeconds(container.info()));
  while (true) {
    auto read = reader.Read();
    if (!read) return std::unexpected(read.error());
    if (!*read) break;
    if (reader.at_video()) times->Add(reader.packet());
  }
  times->Finish();
  return times;
}

}  // namespace reelbatch::media

#include "media/packet_times.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "media/frame_clock.h"

namespace reelbatch::media {
namespace {

// A longer run of decode times far ahead is no damage of a few packets.
constexpr size_t kLongestRun = 16;
constexpr size_t kRecentGaps = 9;

}  // namespace

PacketTimes::PacketTimes(AVRational tick, double nominal_s)
    : tick_(tick),
      nominal_(std::max<int64_t>(1, std::llround(nominal_s / av_q2d(tick)))),
      far_(std::llround(FarSeconds(nominal_s) / av_q2d(tick))),
      usual_gap_(nominal_) {}

bool PacketTimes::BeginsEpoch(const Entry& entry) {
  if (decoded_ == kNone || entry.dts == kNone) return false;
  if (entry.dts - decoded_ > far_) {
    before_jump_ = decoded_;
    jumped_at_ = entries_.size();
  }
  if (decoded_ - entry.dts <= far_)
    return entry.key && entry.dts <= decoded_ && entry.at <= latest_;
  const bool goes_on =
      before_jump_ != kNone && entry.dts > before_jump_ && entry.dts - before_jump_ <= far_;
  if (!goes_on || entries_.size() - jumped_at_ > kLongestRun) return true;
  for (size_t i = jumped_at_; i < entries_.size(); ++i) entries_[i].at = kNone;
  return false;
}

void PacketTimes::Add(const AVPacket& packet) {
  Entry entry{.at = packet.pts != kNone ? packet.pts : packet.dts,
              .dts = packet.dts != kNone ? packet.dts : packet.pts,
              .key = (packet.flags & AV_PKT_FLAG_KEY) != 0,
              .stamped = packet.pts != kNone};
  if (BeginsEpoch(entry)) {
    ++epoch_;
    latest_ = kNone;
    before_jump_ = kNone;
  }
  entry.epoch = epoch_;
  if (entry.dts != kNone) decoded_ = entry.dts;
  if (entry.at != kNone) latest_ = std::max(latest_, entry.at);
  entries_.push_back(entry);
}

void PacketTimes::Finish() {
  std::optional<int64_t> last;
  for (size_t begin = 0; begin < entries_.size();) {
    size_t end = begin;
    while (end < entries_.size() && entries_[end].epoch == entries_[begin].epoch) ++end;
    FillStamps(begin, end);
    RepairStamps(begin, end);
    Place(begin, end, last);
    for (size_t i = begin; i < end; ++i) {
      if (entries_[i].at != kNone) last = std::max(last.value_or(entries_[i].at), entries_[i].at);
    }
    begin = end;
  }
  if (offsets_.empty()) offsets_.push_back(0);
}

void PacketTimes::FillStamps(size_t begin, size_t end) {
  std::vector<int64_t> shown;
  std::vector<int64_t>
      places;  // as many as packets: their decode times, moved to the first that is shown
  std::vector<size_t> open;
  for (size_t i = begin; i < end; ++i) {
    if (entries_[i].dts == kNone) return;
    places.push_back(entries_[i].dts);
    if (entries_[i].stamped) shown.push_back(entries_[i].at);
    if (!entries_[i].stamped) open.push_back(i);
  }
  if (open.empty() || shown.empty()) return;
  std::ranges::sort(shown);
  std::ranges::sort(places);
  const int64_t delay = shown.front() - places.front();
  std::vector<int64_t> left;
  size_t next = 0;
  for (const int64_t place : places) {
    while (next < shown.size() && shown[next] < place + delay - nominal_ / 2) ++next;
    const bool taken = next < shown.size() && shown[next] <= place + delay + nominal_ / 2;
    if (taken) ++next;
    if (!taken) left.push_back(place + delay);
  }
  if (left.size() != open.size()) return;
  for (size_t i = 0; i < open.size(); ++i) entries_[open[i]].at = left[i];
}

void PacketTimes::RepairStamps(size_t begin, size_t end) {
  std::vector<int64_t> delays;
  for (size_t i = begin; i < end; ++i) {
    if (entries_[i].at != kNone && entries_[i].dts != kNone)
      delays.push_back(entries_[i].at - entries_[i].dts);
  }
  if (delays.empty()) return;
  const auto middle = delays.begin() + static_cast<std::ptrdiff_t>(delays.size() / 2);
  std::ranges::nth_element(delays, middle);
  const int64_t usual = *middle;
  const auto off = [&](const Entry& entry) {
    return entry.at != kNone && entry.dts != kNone &&
           std::llabs(entry.at - entry.dts - usual) > far_;
  };
  for (size_t i = begin; i < end; ++i) {
    Entry& entry = entries_[i];
    const bool alone = i > begin && i + 1 < end && !off(entries_[i - 1]) && !off(entries_[i + 1]);
    if (alone && off(entry)) {
      entry.at = entry.dts + usual;
    } else if (entry.at == kNone && i > begin && entries_[i - 1].at != kNone && i + 1 < end) {
      // Its own times are wrong: it stands after the packet before.
      entry.at = entries_[i - 1].at + nominal_;
      entry.dts = kNone;
    }
  }
}

void PacketTimes::Place(size_t begin, size_t end, std::optional<int64_t> last) {
  std::vector<int64_t> shown;
  for (size_t i = begin; i < end; ++i) {
    if (entries_[i].at != kNone) shown.push_back(entries_[i].at);
  }
  std::ranges::sort(shown);
  const int64_t offset = last && !shown.empty() ? *last + usual_gap_ - shown.front() : 0;
  offsets_.push_back(offset);
  for (size_t i = begin; i < end; ++i) {
    if (entries_[i].at != kNone) entries_[i].at += offset;
    if (entries_[i].dts != kNone) entries_[i].dts += offset;
  }
  std::vector<int64_t> gaps;
  for (size_t i = shown.size() > kRecentGaps ? shown.size() - kRecentGaps : 1; i < shown.size();
       ++i)
    gaps.push_back(shown[i] - shown[i - 1]);
  if (gaps.empty()) return;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::ranges::nth_element(gaps, middle);
  usual_gap_ = std::max<int64_t>(1, *middle);
}

int PacketTimes::EpochNear(double container_s, double near_s, int around) const {
  int best = around;
  double least = HUGE_VAL;
  for (int epoch = std::max(0, around - 1); epoch < std::min(epochs(), around + 2); ++epoch) {
    const double distance = std::fabs(container_s + offset_s(epoch) - near_s);
    if (distance < least) best = epoch;
    least = std::min(least, distance);
  }
  return best;
}

}  // namespace reelbatch::media

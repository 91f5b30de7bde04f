#pragma once

#include <functional>
#include <utility>

namespace reelbatch::runtime {

/// Something that is held until its owner releases it: a permit, a place, memory. Released
/// once, by Reset() or by the destructor. Threads: one owner at a time.
class [[nodiscard]] Lease {
 public:
  Lease() = default;
  explicit Lease(std::function<void()> give_back) : give_back_(std::move(give_back)) {}
  Lease(Lease&& other) noexcept : give_back_(std::exchange(other.give_back_, nullptr)) {}
  Lease& operator=(Lease&& other) noexcept {
    if (this != &other) {
      Reset();
      give_back_ = std::exchange(other.give_back_, nullptr);
    }
    return *this;
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { Reset(); }

  void Reset() {
    if (const auto give_back = std::exchange(give_back_, nullptr)) give_back();
  }
  /// Does not release what it holds: another owner will release it.
  void Release() { give_back_ = nullptr; }

 private:
  std::function<void()> give_back_;
};

}  // namespace reelbatch::runtime

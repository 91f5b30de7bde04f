#include "runtime/model_gate.h"

namespace reelbatch::runtime {

int ModelGate::Enter() {
  base::MutexLock lock(mutex_);
  while (restarting_) changed_.wait(mutex_);
  ++running_;
  return restarts_;
}

void ModelGate::Leave() {
  base::MutexLock lock(mutex_);
  --running_;
  changed_.notify_all();
}

void ModelGate::Restart(int entered, const std::function<void()>& restart) {
  {
    base::MutexLock lock(mutex_);
    while (restarting_) changed_.wait(mutex_);
    if (restarts_ != entered) return;
    restarting_ = true;
    while (running_ > 0) changed_.wait(mutex_);
  }
  // Also where it throws: nobody may wait for ever.
  struct Ends {
    ModelGate& gate;
    ~Ends() { gate.EndRestart(); }
  } const ends{*this};
  restart();
}

bool ModelGate::restarting() const {
  base::MutexLock lock(mutex_);
  return restarting_;
}

void ModelGate::EndRestart() {
  base::MutexLock lock(mutex_);
  restarting_ = false;
  ++restarts_;
  changed_.notify_all();
}

}  // namespace reelbatch::runtime

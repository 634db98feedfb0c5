//! Where is it kept?

